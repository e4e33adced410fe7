import { compileStatement, type SqlDatabase } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'

/** Returns a table of the schema of a database. */
export function tableIn({ schema }: SqlDatabase, name: string): RawBuilder<unknown> {
  return sql.table(schema === undefined ? name : `${schema}.${name}`)
}

/**
 * Runs a query that changes nothing. It needs no open store.
 *
 * @param name A short name for logs and prepared statements.
 */
export function readRows<Row>(
  database: SqlDatabase,
  name: string,
  query: RawBuilder<Row>,
): Promise<readonly Row[]> {
  const compilable = { compile: () => query.compile(database.builder) }
  return database.rows(
    compileStatement<object, Row>(name, () => compilable, { repeat: 'reads' }),
    {},
  )
}
