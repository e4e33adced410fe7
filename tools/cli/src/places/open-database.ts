import type { Database } from '@harborage/core'
import { requireSqlDatabase, type SqlDatabase } from '@harborage/core/sql'
import type { Place } from '../profile/profile.ts'

/** A count of a large table takes long. */
const QUERY_TIMEOUT_MS = 600_000
const MAX_CONNECTIONS = 4

/**
 * Opens the database of a place. It loads only the driver of that engine. No file is created.
 *
 * @param options `secureDelete` makes SQLite overwrite what is deleted. Default: `false`.
 * @throws `invalid_config`, `store_unavailable` as the engine.
 */
export async function openDatabase(
  place: Place,
  options: { readonly secureDelete?: boolean } = {},
): Promise<SqlDatabase> {
  return requireSqlDatabase(await openWith(place, options.secureDelete ?? false))
}

async function openWith({ kind, dsn, schema }: Place, secureDelete: boolean): Promise<Database> {
  if (kind === 'postgres') {
    const { openPostgres } = await import('@harborage/driver-postgres')
    return openPostgres({
      dsn: dsn.reveal(),
      max: MAX_CONNECTIONS,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      ...(schema !== undefined && { schema }),
    })
  }
  const { openSqlite } = await import('@harborage/driver-sqlite')
  return openSqlite({ dsn: dsn.reveal(), secureDelete })
}
