import { setTimeout as delay } from 'node:timers/promises'
import { HarborageError } from '@harborage/core'
import type BetterSqlite3 from 'better-sqlite3'
import type { Addon } from './load-addon.ts'
import { isBusy, translateSqliteError } from './sqlite-errors.ts'

const RETRY_PAUSE_MS = 10

/** The options of a connection. */
export interface ConnectionRules {
  readonly addon: Addon
  readonly durability: 'full' | 'normal'
  readonly secureDelete: boolean
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
}

/** A connection, and whether the database is already in WAL mode. */
export interface Connected {
  readonly connection: BetterSqlite3.Database
  readonly isReady: boolean
}

/**
 * Opens a connection to an existing database and sets its pragmas. Does not change the file.
 *
 * @throws `invalid_config` if the file is not a database, or its encoding is not UTF-8;
 * `store_unavailable` if it cannot be read now.
 */
export async function connect(path: string, rules: ConnectionRules): Promise<Connected> {
  const connection = openConnection(path, rules.addon)
  try {
    return await untilFree(rules, () => {
      // The build's default under WAL is NORMAL, which loses acknowledged commits at power loss.
      connection.pragma(`synchronous = ${rules.durability === 'full' ? 'FULL' : 'NORMAL'}`)
      // Set either way: a build of SQLite may have another default.
      connection.pragma(`secure_delete = ${rules.secureDelete ? 'ON' : 'OFF'}`)
      connection.pragma('trusted_schema = OFF')
      if (rules.readOnly) connection.pragma('query_only = ON')
      checkContent(connection)
      const isReady = connection.memory || journalMode(connection) === 'wal'
      return { connection, isReady }
    })
  } catch (error) {
    connection.close()
    throw translateSqliteError(error, 'read')
  }
}

/**
 * Switches the database to WAL mode, permanently. Waits while another process opens the same new
 * file.
 *
 * @throws `invalid_config` if the file system does not support WAL; `store_unavailable` if the
 * database is locked for too long.
 */
export async function useWal(
  connection: BetterSqlite3.Database,
  rules: ConnectionRules,
): Promise<void> {
  try {
    await untilFree(rules, () => {
      // All rows are read: the change is committed after the row with the new mode, and may still
      // fail.
      connection.pragma('journal_mode = WAL')
      if (journalMode(connection) === 'wal') return
      throw new HarborageError(
        'invalid_config',
        'the file system of the database does not support WAL: use a local disk, or Postgres',
      )
    })
  } catch (error) {
    throw translateSqliteError(error, 'read')
  }
}

/**
 * Checks the header of a database.
 *
 * @throws `invalid_config` if its encoding is not UTF-8; the error of SQLite if the file is not a
 * database.
 */
export function checkContent(connection: BetterSqlite3.Database): void {
  const encoding = connection.pragma('encoding', { simple: true })
  if (encoding !== 'UTF-8') {
    throw new HarborageError(
      'invalid_config',
      `the encoding of the database is ${String(encoding)}, which sorts texts in another order: create a new database in UTF-8`,
    )
  }
}

function openConnection(path: string, addon: Addon): BetterSqlite3.Database {
  try {
    // No time-out: SQLite's own waiting blocks the event loop.
    return addon(path, { timeout: 0, fileMustExist: path !== ':memory:' })
  } catch (error) {
    throw translateSqliteError(error, 'read')
  }
}

function journalMode(connection: BetterSqlite3.Database): unknown {
  return connection.pragma('journal_mode', { simple: true })
}

async function untilFree<Result>(
  { busyTimeoutMs }: ConnectionRules,
  work: () => Result,
): Promise<Result> {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
    }
    await delay(RETRY_PAUSE_MS)
  }
}
