import { sql, type SelectQueryBuilder } from 'kysely'
import { forAnyTables, type AnyTables, type SqlCalls } from '../sql-calls.ts'
import type { KeyOrder } from '../table-spec.ts'
import type { KeyOrders, OrderPage } from './sql-dialect.ts'

/** Keeps an order of keys with an index on their table. */
export const orderIndexes: KeyOrders = {
  async create(db, _schema, table, { name, columns }) {
    await db.schema
      .createIndex(name)
      .on(table.name)
      .columns([...columns])
      .execute()
  },
  // The index stays in the table.
  async moveOut() {},
  async keepInAnySchema() {},
  async remove(db, _schema, _table, { name }) {
    await db.schema.dropIndex(name).execute()
  },
  objectsOf: () => ({ tables: [], triggers: [] }),
  pageOf: (calls, table, order, page, columns, condition) =>
    keysOf(calls, table.name, order, page)
      .where(condition)
      .select(columns)
      .limit(page.limit)
      .$castTo(),
}

/** Returns a query for the rows of a page and all behind it, in an order, without columns yet. */
export function keysOf(
  { builder }: SqlCalls,
  table: string,
  { columns }: KeyOrder,
  { after, end }: OrderPage,
): SelectQueryBuilder<AnyTables, string, object> {
  const [first = ''] = columns
  const place = sql.join(columns.map((column) => sql.ref(column)))
  let query = forAnyTables(builder)
    .selectFrom(table)
    .where(sql<boolean>`(${place}) > (${sql.join(after)})`)
    .where(first, '<', end)
  for (const column of columns) query = query.orderBy(column)
  return query
}
