import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { InvalidConfigError, type Database } from '@harborage/core'
import BetterSqlite3 from 'better-sqlite3'
import { ensureDatabaseFile } from './internal/database-file.ts'
import { databasePath, IN_MEMORY } from './internal/database-path.ts'
import { requireNodeVersion } from './internal/require-node-version.ts'
import { SqliteDatabase } from './internal/sqlite-database.ts'
import { isBusy, translateSqliteError } from './internal/sqlite-errors.ts'
import { parseSqliteConfig, type SqliteConfig } from './sqlite-config.ts'

const RETRY_PAUSE_MS = 10

/**
 * Opens an SQLite database for any number of stores, making the file, readable by its owner only, if it is not there.
 * Several processes may use one file. It stays open until `close()`.
 *
 * @throws `invalid_config` if the DSN or an option is wrong, the file is no database, or Node.js is older than 22.14;
 * `store_unavailable` if it cannot be opened now.
 *
 * @example
 * ```ts
 * import { openSqlite } from '@harborage/driver-sqlite'
 * import { openStateStore } from '@harborage/state'
 *
 * await using database = await openSqlite({ dsn: ':memory:' })
 * await using state = await openStateStore({ database })
 * ```
 */
export async function openSqlite(config: SqliteConfig): Promise<Database> {
  requireNodeVersion(process.versions.node)
  const { dsn, durability, busyTimeoutMs, retryTimeoutMs } = parseSqliteConfig(config)
  const path = databasePath(dsn)
  const file = path === IN_MEMORY ? undefined : fullPath(path)
  if (file !== undefined) await ensureDatabaseFile(file)
  const connection = connect(file ?? IN_MEMORY)
  try {
    await configure(connection, durability, performance.now() + busyTimeoutMs)
    return new SqliteDatabase(connection, file, { busyTimeoutMs, retryTimeoutMs })
  } catch (error) {
    connection.close()
    throw translateSqliteError(error, 'read')
  }
}

/**
 * A relative path would be another file once the process has changed its folder. What ends in a separator shall not
 * lose it: it names a folder.
 */
function fullPath(path: string): string {
  return /[\\/]$/.test(path) ? `${resolve(path)}/` : resolve(path)
}

function connect(path: string): BetterSqlite3.Database {
  try {
    // No time-out: SQLite's own waiting blocks the event loop.
    return new BetterSqlite3(path, { timeout: 0, fileMustExist: path !== IN_MEMORY })
  } catch (error) {
    throw translateSqliteError(error, 'read')
  }
}

/** Sets what the connection needs; while another process opens the same new file, some of it has to wait. */
async function configure(
  connection: BetterSqlite3.Database,
  durability: 'full' | 'normal',
  deadline: number,
): Promise<void> {
  for (;;) {
    try {
      // Read to its end: the change is committed after the row that names the new mode, and may fail even then.
      connection.pragma('journal_mode = WAL')
      const mode = connection.pragma('journal_mode', { simple: true })
      if (mode !== 'wal' && !connection.memory) {
        throw new InvalidConfigError(
          'the file system of the database does not support WAL: use a local disk, or Postgres',
        )
      }
      // The build's default under WAL is NORMAL, which loses acknowledged commits at power loss.
      connection.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
      connection.pragma('trusted_schema = OFF')
      // A read of the header: a file that is not a database is found out here.
      const encoding = connection.pragma('encoding', { simple: true })
      if (encoding !== 'UTF-8') {
        throw new InvalidConfigError(
          `the database keeps its texts as ${String(encoding)}, in which they are in another order: make a new one, in UTF-8`,
        )
      }
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
    }
    await delay(RETRY_PAUSE_MS)
  }
}
