import { Client } from 'pg'

/** Locks the rows of a table, as a writer would that does not end. */
export function heldRow(dsn: string, table: string): Promise<AsyncDisposable> {
  return held(dsn, `select 1 from ${table} for update`)
}

/** Keeps others from writing to a table, as a maintenance would that does not end. */
export function heldTable(dsn: string, table: string): Promise<AsyncDisposable> {
  return held(dsn, `lock table ${table} in share row exclusive mode`)
}

async function held(dsn: string, statement: string): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  await client.query('begin')
  await client.query(statement)
  return { [Symbol.asyncDispose]: () => client.end() }
}
