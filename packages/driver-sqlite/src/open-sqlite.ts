import { existsSync } from 'node:fs'
import type { Database } from '@harborage/core'
import { worstOf } from '@harborage/core/kit'
import { connect } from './internal/connect.ts'
import { IN_MEMORY } from './internal/database-path.ts'
import { DeferredDatabase } from './internal/deferred-database.ts'
import { examine } from './internal/examine.ts'
import { SqliteDatabase } from './internal/sqlite-database.ts'
import type { SqliteConfig } from './sqlite-config.ts'

/**
 * Opens an SQLite database that any number of stores can share. Several processes may use the same
 * file. The database stays open until `close()`.
 *
 * Opening does not create a file. If there is none, the first write creates it, accessible to its
 * owner only: usually the migrations of the first store.
 *
 * @throws `invalid_config` if the DSN or an option is wrong, the place would lose data (see
 * `diagnose`), the file is not a database, the addon does not load, or Node.js is older than 22.14;
 * `store_unavailable` if the database cannot be opened now.
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
  const examined = await examine(config)
  if (examined.place === undefined) throw examined.objections[0].error
  const error = worstOf(examined.objections)
  if (error !== undefined) throw error
  const { path, addon } = examined.place
  const { durability, secureDelete, readOnly, busyTimeoutMs, retryTimeoutMs } =
    examined.place.config
  const rules = { addon, durability, secureDelete, readOnly, busyTimeoutMs }
  const patience = { busyTimeoutMs, retryTimeoutMs }
  if (path === IN_MEMORY) {
    return new SqliteDatabase((await connect(path, rules)).connection, undefined, patience)
  }
  const connected = existsSync(path) ? await connect(path, rules) : undefined
  return connected?.isReady === true
    ? new SqliteDatabase(connected.connection, path, patience)
    : new DeferredDatabase(path, rules, patience, connected)
}
