import { Client, type QueryResultRow } from 'pg'

import { HANG_LIMIT_MS } from '../hang-limit.ts'

/** Runs one statement on its own connection, independently of the store under test. */
export async function queryPostgres<Row extends QueryResultRow>(
  dsn: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: HANG_LIMIT_MS })
  // A server that crashes meanwhile fails the query; without a listener it would end the process as
  // well.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<Row>(sql, [...values])
    return rows
  } finally {
    await client.end()
  }
}

/** Runs a script of several statements. */
export async function runPostgresScript(dsn: string, script: string): Promise<void> {
  await queryPostgres(dsn, script)
}
