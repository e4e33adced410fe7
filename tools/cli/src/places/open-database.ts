import type { Database } from '@harborage/core'
import { requireSqlDatabase, type SqlDatabase } from '@harborage/core/sql'
import type { Place } from '../profile/profile.ts'
import { loadPostgres, loadSqlite } from './load-driver.ts'

/** A count of a large table takes long. */
const QUERY_TIMEOUT_MS = 600_000
const MAX_CONNECTIONS = 4

/** How a database is opened. */
export interface OpeningOptions {
  /** With `write`, it can be changed. Default: `read`, and the database refuses changes. */
  readonly access?: 'read' | 'write'
  /** Whether SQLite overwrites what is deleted. Default: `false`. */
  readonly secureDelete?: boolean
}

/**
 * Opens the database of a place. It loads only the driver of that engine. No file is created.
 *
 * @throws `invalid_config`, `store_unavailable` as the engine.
 */
export async function openDatabase(
  place: Place,
  { access = 'read', secureDelete = false }: OpeningOptions = {},
): Promise<SqlDatabase> {
  const readOnly = access === 'read'
  const database =
    place.kind === 'postgres'
      ? await openPostgresPlace(place, readOnly)
      : await openSqlitePlace(place, { readOnly, secureDelete })
  return requireSqlDatabase(database)
}

async function openPostgresPlace(
  { dsn, schema, preparedStatements }: Place,
  readOnly: boolean,
): Promise<Database> {
  const { openPostgres } = await loadPostgres()
  return openPostgres({
    dsn: dsn.reveal(),
    max: MAX_CONNECTIONS,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    readOnly,
    preparedStatements,
    ...(schema !== undefined && { schema }),
  })
}

async function openSqlitePlace(
  { dsn }: Place,
  options: { readonly readOnly: boolean; readonly secureDelete: boolean },
): Promise<Database> {
  const { openSqlite } = await loadSqlite()
  return openSqlite({ dsn: dsn.reveal(), ...options })
}
