import type { Kysely } from 'kysely'
import { createTable } from './create-table.ts'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables } from './sql-calls.ts'
import type { TableSpec } from './table-spec.ts'

/**
 * Adds a column to a table in a migration, without writing a row. A new table is made again, so
 * that its columns are in their order. In any other one the column comes last, behind the large
 * values: reading it there walks through them on SQLite, and a save may write more of them to the
 * log of Postgres.
 *
 * @param spec The table with the column, as it is after this migration. It needs a default.
 */
export async function addColumn<Column extends string>(
  db: Kysely<NoTables>,
  dialect: SqlDialect,
  schema: string | undefined,
  spec: TableSpec<Column>,
  name: Column,
): Promise<void> {
  if (await dialect.isNewTable(db, schema, spec.name)) {
    for (const order of spec.keyOrders ?? []) {
      await dialect.keyOrders.remove(db, schema, spec, order)
    }
    await db.schema.dropTable(spec.name).execute()
    return createTable(db, dialect, schema, spec)
  }
  const type = await dialect.columnType(spec.columns[name], db)
  await db.schema
    .alterTable(spec.name)
    .addColumn(name, type, (column) => column.defaultTo(spec.defaults?.[name]).notNull())
    .execute()
}
