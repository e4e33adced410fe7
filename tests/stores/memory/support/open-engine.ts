import { requireSqlDatabase, type SqlDatabase } from '@harborage/core/sql'

/**
 * Opens a database by its DSN; loads its engine only: a process that is often started has no time
 * for both.
 */
export async function openEngine(dsn: string): Promise<SqlDatabase> {
  if (dsn.startsWith('sqlite:')) {
    const { openSqlite } = await import('@harborage/driver-sqlite')
    return requireSqlDatabase(await openSqlite({ dsn }))
  }
  const { openPostgres } = await import('@harborage/driver-postgres')
  return requireSqlDatabase(await openPostgres({ dsn }))
}
