import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'

/** A lock that is held until it is disposed of. */
export interface HeldLock extends AsyncDisposable {
  /** Resolves once another connection waits for a lock. */
  blocks(): Promise<void>
}

/** Locks the rows of a table, as a writer would that does not end. */
export function heldRow(dsn: string, table: string): Promise<HeldLock> {
  return held(dsn, `select 1 from ${table} for update`)
}

/** Keeps others from writing to a table, as a maintenance would that does not end. */
export function heldTable(dsn: string, table: string): Promise<HeldLock> {
  return held(dsn, `lock table ${table} in share row exclusive mode`)
}

/** Keeps others from reading a table, as a change of its columns would that does not end. */
export function heldReads(dsn: string, table: string): Promise<HeldLock> {
  return held(dsn, `lock table ${table} in access exclusive mode`)
}

async function held(dsn: string, statement: string): Promise<HeldLock> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  await client.query('begin')
  await client.query(statement)
  return {
    async blocks() {
      const waiting = `select from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`
      while ((await client.query(waiting)).rowCount === 0) {
        await setTimeout(20)
        // Within a transaction the server would show the same activity again.
        await client.query('select pg_stat_clear_snapshot()')
      }
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
