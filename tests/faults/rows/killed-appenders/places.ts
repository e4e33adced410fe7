import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freshDatabase, postgresServer } from '../../harness/postgres.ts'
import { crashes } from '../postgres-crash/crashes.ts'

/** Where the processes of a round append. */
export type PlaceName = 'SQLite' | 'Postgres' | 'a server that crashes'

/** In the order in which the rounds take them. */
export const placeNames: readonly PlaceName[] = ['SQLite', 'Postgres', 'a server that crashes']

/** The time that the processes have between two crashes. */
const BETWEEN_CRASHES_MS = 300
/** A server that starts again answers before so many attempts of a call, and of opening. */
const ATTEMPTS = 200

/** A database of a round. */
export interface Place extends AsyncDisposable {
  readonly dsn: string
  /** The number of attempts of a call that fails since its server is away. */
  readonly attempts: number
  /** Crashes the server in every way, until the signal is aborted, if it is one that crashes. */
  readonly crash: (signal: AbortSignal) => Promise<void>
}

/** Makes a new database. */
export async function openPlace(name: PlaceName): Promise<Place> {
  const never = async (): Promise<void> => {}
  if (name === 'SQLite') {
    const folder = await mkdtemp(join(tmpdir(), 'harborage-appends-'))
    return {
      dsn: `sqlite:${join(folder, 'appends.db')}`,
      attempts: 1,
      crash: never,
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    }
  }
  const dsn = await freshDatabase()
  const isCrashing = name === 'a server that crashes'
  return {
    dsn,
    attempts: isCrashing ? ATTEMPTS : 1,
    crash: isCrashing ? (signal) => crashInEveryWay(dsn, signal) : never,
    [Symbol.asyncDispose]: never,
  }
}

async function crashInEveryWay(dsn: string, signal: AbortSignal): Promise<void> {
  const server = await postgresServer()
  for (const crash of crashes) {
    if (signal.aborted) return
    await crash(server, dsn)
    await delay(BETWEEN_CRASHES_MS)
  }
}
