import type { CreateTableBuilder, Kysely } from 'kysely'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables } from './sql-calls.ts'
import type { TableSpec } from './table-spec.ts'

/**
 * Creates a table from its definition, with its indexes and triggers. The result equals what the
 * migrations of its store create. Databases are made by migrations only: tests compare the two.
 *
 * @param db A query builder whose schema is `schema`.
 * @param schema The schema of the table, on engines that have schemas.
 */
export async function createTable(
  db: Kysely<NoTables>,
  dialect: SqlDialect,
  schema: string | undefined,
  spec: TableSpec,
): Promise<void> {
  const { name, columns, key, unique = [], indexes = [], keyOrders = [], words } = spec
  const defaults = new Map<string, string | number | undefined>(Object.entries(spec.defaults ?? {}))
  let table: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, type] of Object.entries(columns)) {
    const value = defaults.get(column)
    table = table.addColumn(column, await dialect.columnType(type, db), (built) =>
      value === undefined ? built.notNull() : built.notNull().defaultTo(value),
    )
  }
  table = table.addPrimaryKeyConstraint(`${name}_pkey`, [...key])
  for (const each of unique) table = dialect.apart.addTo(table, each)
  await table.execute()
  for (const each of unique) await dialect.apart.createFor(db, name, each)
  for (const index of indexes) {
    await db.schema
      .createIndex(index.name)
      .on(name)
      .columns([...index.columns])
      .execute()
  }
  if (words !== undefined) await dialect.words.create(db, spec, words)
  for (const order of keyOrders) await dialect.keyOrders.create(db, schema, spec, order)
}
