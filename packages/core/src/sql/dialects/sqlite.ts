import { sql, type SqlBool, type RawBuilder } from 'kysely'
import { changeRows } from '../sql-work.ts'
import type { ColumnType } from '../table-spec.ts'
import { compileDirectRead } from './large-values.ts'
import { orderIndexes } from './order-index.ts'
import { compileListedReads } from './sqlite-many-reads.ts'
import type { SqlDialect } from './sql-dialect.ts'
import { ftsIndexes } from './word-indexes.ts'

const UNIQUE: ReadonlySet<string> = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
])

const now = sql<number>`cast(round(unixepoch('now', 'subsec') * 1000) as integer)`

/**
 * The dialect of SQLite. Only one transaction writes at a time, so what it has read cannot change
 * until it ends.
 */
export const sqliteDialect: SqlDialect = {
  columnType: async (type) => columnType(type),
  valueType: () => undefined,
  async isNewTable(db, _schema, name) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db)
    return rows.length === 0
  },
  now,
  // Time goes on between the rows of a statement. A subquery is evaluated once.
  readTime: sql<number>`(select ${now})`,
  textPosition: (text, part) => sql<number>`instr(${text}, ${part})`,
  lockRows: (query) => query,
  shareRows: (query) => query,
  *keepEmpty(place) {
    return (yield* place.find()) === 0
  },
  // Nothing can have changed.
  *confirmReads() {},
  removeAll: ({ remove }, parameters) => changeRows(remove, parameters),
  removeAlone: ({ remove }) => remove,
  /** Joins by the row's number, since a subquery in FROM cannot name a column of `found`. */
  nextOfEach(found, { query, table, columns, owned }) {
    const isNext = sql<SqlBool>`following.rowid = ${query.clearSelect().select('rowid')}`
    return sql`select ${sql.join(columns.map((column) => sql.ref(`following.${column}`)))}
      from ${sql.id(found)} cross join ${sql.table(table)} as following
      where ${sql.join([isNext, ...owned('following')], sql` and `)}`
  },
  // Statements are cheap here. The engine lets calls share a commit instead.
  compileBatch: () => undefined,
  compileAllOrNone: () => undefined,
  compileManyReads: compileListedReads,
  compileLargeRead: compileDirectRead,
  failureReason: (code) => (UNIQUE.has(code) ? 'unique_violation' : undefined),
  checkConstraints: undefined,
  apart: {
    addTo: (table, { name, columns }) => table.addUniqueConstraint(name, [...columns]),
    async createFor() {},
    async moveOut() {},
  },
  keyOrders: orderIndexes,
  words: ftsIndexes,
}

function columnType(type: ColumnType): RawBuilder<unknown> {
  switch (type) {
    case 'text':
      return sql`text`
    case 'integer':
    case 'timestamp':
      return sql`bigint`
    case 'bytes':
    case 'large_bytes':
      return sql`blob`
  }
}
