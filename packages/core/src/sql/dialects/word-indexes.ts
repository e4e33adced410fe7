import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import type { NoTables } from '../sql-calls.ts'
import type { KeyedTable, StoredObjects, WordIndex } from '../table-spec.ts'

/**
 * Keeps an index of the words of a column, by what the engine has for it. Released migrations call
 * `create`, so its effect must not change: a new layout needs a new member.
 */
export interface WordIndexes {
  /** Creates the index of an empty table. */
  create(db: Kysely<NoTables>, table: KeyedTable, index: WordIndex): Promise<void>
  /** Returns the database objects that keep the index. */
  objectsOf(table: KeyedTable, index: WordIndex): StoredObjects
  /** Returns the condition that a row has at least one of the words, which the index finds. */
  hasAny(table: KeyedTable, index: WordIndex, words: RawBuilder<unknown>): RawBuilder<SqlBool>
  /**
   * Returns the parameter of {@link WordIndexes.hasAny}.
   *
   * @param words At least one, each of ASCII letters and digits, and none of them a word of SQL.
   */
  anyOf(words: readonly string[]): string
}

/**
 * Keeps words with FTS5, in a table of its own that triggers maintain. Words that are deleted are
 * removed from it at once: FTS5 would otherwise keep them until it merges its segments.
 */
export const ftsIndexes: WordIndexes = {
  async create(db, { name }, { name: index, column, id }) {
    await sql`create virtual table ${sql.id(index)} using fts5(
      words, content = '', columnsize = 0, detail = 'none', tokenize = 'ascii'
    )`.execute(db)
    await sql`insert into ${sql.id(index)} (${sql.id(index)}, rank)
      values ('secure-delete', 1)`.execute(db)
    await sql`create trigger ${sql.id(`${index}_insert`)} after insert on ${sql.id(name)} begin
      insert into ${sql.id(index)} (rowid, words) values (new.${sql.id(id)}, new.${sql.id(column)});
    end`.execute(db)
    await sql`create trigger ${sql.id(`${index}_delete`)} after delete on ${sql.id(name)} begin
      insert into ${sql.id(index)} (${sql.id(index)}, rowid, words)
        values ('delete', old.${sql.id(id)}, old.${sql.id(column)});
    end`.execute(db)
  },
  objectsOf: ({ name: table }, { name }) => ({
    tables: [name, ...['data', 'idx', 'config'].map((part) => `${name}_${part}`)],
    triggers: [
      { table, name: `${name}_insert` },
      { table, name: `${name}_delete` },
    ],
    modules: ['fts5'],
  }),
  hasAny: ({ name: table }, { name, id }, words) =>
    sql<SqlBool>`${sql.ref(`${table}.${id}`)} in
      (select rowid from ${sql.id(name)} where ${sql.id(name)} match ${words})`,
  anyOf: (words) => words.join(' OR '),
}

/** Keeps words with a GIN index of their tsvector. */
export const ginIndexes: WordIndexes = {
  async create(db, { name }, { name: index, column }) {
    await db.schema
      .createIndex(index)
      .on(name)
      .using('gin')
      .column(sql`to_tsvector('simple', ${sql.id(column)})`)
      .execute()
  },
  objectsOf: () => ({ tables: [], triggers: [] }),
  hasAny: ({ name: table }, { column }, words) =>
    sql<SqlBool>`to_tsvector('simple', ${sql.ref(`${table}.${column}`)}) @@ cast(${words} as tsquery)`,
  anyOf: (words) => words.join(' | '),
}
