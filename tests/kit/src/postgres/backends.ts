import { Client } from 'pg'
import { vi } from 'vitest'
import { HANG_LIMIT_MS } from '../hang-limit.ts'
import { queryPostgres } from './query.ts'

/** Resolves to a client with its own connection, which can hold a lock. */
export async function bystander(dsn: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** Waits until that many backends of harborage wait for a lock, as the server sees it. */
export async function waitingForLock(dsn: string, count: number): Promise<void> {
  await vi.waitUntil(async () => (await countWaiting(dsn)) === count, {
    timeout: HANG_LIMIT_MS,
    interval: 20,
  })
}

/** Returns how many backends of harborage wait for a lock now. */
export function countWaiting(dsn: string): Promise<number | undefined> {
  return countBackends(dsn, WAITING)
}

/** Ends all backends of harborage in the database, and returns their number. */
export function killBackends(dsn: string): Promise<number> {
  return killBackendsThat(dsn, 'true')
}

/** Ends the backends of harborage that wait for a lock now, and returns their number. */
export function killWaitingBackends(dsn: string): Promise<number> {
  return killBackendsThat(dsn, WAITING)
}

const WAITING = `wait_event_type = 'Lock'`

async function killBackendsThat(dsn: string, condition: string): Promise<number> {
  const killed = await queryPostgres(
    dsn,
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and application_name = 'harborage' and ${condition}`,
  )
  return killed.length
}

async function countBackends(dsn: string, condition: string): Promise<number | undefined> {
  const [row] = await queryPostgres<{ count: number }>(
    dsn,
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'harborage' and ${condition}`,
  )
  return row?.count
}
