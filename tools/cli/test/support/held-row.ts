import { Client } from 'pg'

/** Locks the rows of a table, as a writer would that does not end. */
export async function heldRow(dsn: string, table: string): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  await client.query('begin')
  await client.query(`select 1 from ${table} for update`)
  return { [Symbol.asyncDispose]: () => client.end() }
}
