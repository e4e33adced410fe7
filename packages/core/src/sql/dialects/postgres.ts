import { sql, type Kysely } from 'kysely'
import type { NoTables } from '../sql-calls.ts'
import type { UniqueColumns } from '../table-spec.ts'
import type { SqlFailureReason } from '../sql-failure.ts'
import { pipeline } from '../sql-work.ts'
import { compileReadInParts } from './large-values.ts'
import { compileAllOrNone, compileBatch } from './postgres-batches.ts'
import { keyTables } from './postgres-key-tables.ts'
import { compileArrayReads } from './postgres-many-reads.ts'
import { postgresColumnType, postgresValueType } from './postgres-types.ts'
import { removeInPasses } from './remove-in-passes.ts'
import type { SqlDialect } from './sql-dialect.ts'
import { ginIndexes } from './word-indexes.ts'

/**
 * The dialect of PostgreSQL. Transactions run concurrently, so rows that a decision depends on have
 * to be locked.
 */
export const postgresDialect: SqlDialect = {
  columnType: postgresColumnType,
  valueType: postgresValueType,
  // Other roles may have rights on a table that an earlier transaction made.
  async isNewTable(db, schema, name) {
    const { rows } = await sql`
      select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid
      where n.nspname = ${schema} and c.relname = ${name} and a.attnum = 1
        and a.xmin = pg_current_xact_id()::xid`.execute(db)
    return rows.length > 0
  },
  now: sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  readTime: sql<number>`floor(extract(epoch from statement_timestamp()) * 1000)::bigint`,
  textPosition: (text, part) => sql<number>`strpos(${text}, ${part})`,
  lockRows: (query, orderBy) =>
    (orderBy === undefined ? query : query.orderBy(byJsonText(orderBy))).forUpdate(),
  shareRows: (query) => query.forShare(),
  /**
   * Inserts a row and deletes it again, since there is no row to lock. That keeps others from
   * inserting one until the transaction ends.
   */
  *keepEmpty(place) {
    const [inserted = 0] = yield* pipeline([place.fill(), place.clear()])
    return inserted > 0
  },
  *confirmReads(check) {
    yield* check()
  },
  removeAll: removeInPasses,
  removeAlone: () => undefined,
  nextOfEach: (found, { query }) =>
    sql`select following.* from ${sql.id(found)} cross join lateral ${query} as following`,
  compileBatch,
  compileAllOrNone,
  compileManyReads: compileArrayReads,
  compileLargeRead: compileReadInParts,
  failureReason: (state) => REASONS.get(state),
  checkConstraints: { name: 'check_constraints', sql: 'set constraints all immediate' },
  apart: {
    addTo: (table, unique) =>
      unique.apart === undefined
        ? table.addUniqueConstraint(unique.name, [...unique.columns])
        : table,
    createFor: createApart,
    async moveOut(db, table, unique) {
      await db.schema.alterTable(table).dropConstraint(unique.name).execute()
      await createApart(db, table, unique)
    },
  },
  keyOrders: keyTables,
  words: ginIndexes,
}

/** Failure reasons by SQLSTATE. */
const REASONS: ReadonlyMap<string, SqlFailureReason> = new Map([
  ['23505', 'unique_violation'],
  // Only `compileAllOrNone` casts a text to a number.
  ['22P02', 'incomplete'],
  ['42P01', 'missing_table'],
  ['3F000', 'missing_table'],
  ['55P03', 'lock_timeout'],
])

function byJsonText(columns: readonly string[]) {
  const texts = columns.map((column) => sql`to_json(${sql.ref(column)})::text`)
  return sql<string>`(${sql.join(texts, sql` || ',' || `)}) collate "C"`
}

/**
 * Creates a unique index that only queries with its condition can use, which holds for every row.
 *
 * A new table has no statistics, and plans are cached. An index with the same first columns then
 * seems as good as the right one, and the cached plan reads all rows of the tenant.
 */
async function createApart(
  db: Kysely<NoTables>,
  table: string,
  { columns, apart }: UniqueColumns,
): Promise<void> {
  if (apart === undefined) return
  await db.schema
    .createIndex(apart.name)
    .on(table)
    .unique()
    .columns([...columns])
    .where(sql.ref(apart.column), '<>', '')
    .execute()
}
