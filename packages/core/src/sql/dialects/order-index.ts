import { sql, type SelectQueryBuilder } from 'kysely'
import { forAnyTables, type AnyTables } from '../any-tables.ts'
import type { SqlCalls } from '../sql-calls.ts'
import type { KeyOrder } from '../table-spec.ts'
import type { KeyOrders, OrderPage } from './sql-dialect.ts'

/** Keeps an order of keys by an index of their table. */
export const orderIndexes: KeyOrders = {
  async create(db, _schema, table, { name, columns }) {
    await db.schema
      .createIndex(name)
      .on(table.name)
      .columns([...columns])
      .execute()
  },
  // It stays where it is.
  async moveOut() {},
  async keepInAnySchema() {},
  objectsOf: () => ({ tables: [], triggers: [] }),
  pageOf: (calls, table, order, page, columns) =>
    keysOf(calls, table.name, order, page).select(columns).$castTo(),
}

/** Selects rows of a table in an order, still without columns. */
export function keysOf(
  { builder }: SqlCalls,
  table: string,
  { columns }: KeyOrder,
  { after, end, limit }: OrderPage,
): SelectQueryBuilder<AnyTables, string, object> {
  const [first = ''] = columns
  const place = sql.join(columns.map((column) => sql.ref(column)))
  let query = forAnyTables(builder)
    .selectFrom(table)
    .where(sql<boolean>`(${place}) > (${sql.join(after)})`)
    .where(first, '<', end)
    .limit(limit)
  for (const column of columns) query = query.orderBy(column)
  return query
}
