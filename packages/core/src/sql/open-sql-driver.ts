import type { Database } from '../database.ts'
import { migrateSubsystem } from './migrations.ts'
import type { Subsystem } from './subsystem.ts'
import { requireSqlDatabase, type SqlDatabase } from './sql-database.ts'

/** The SQL side of a store. */
export interface SqlStore<Driver> {
  /** Its tables and migrations. */
  readonly subsystem: Subsystem
  /**
   * Returns the driver for a database that is up to date.
   *
   * @param hasOptional Whether the database has the optional migration of the subsystem.
   */
  readonly create: (database: SqlDatabase, hasOptional: boolean) => Driver
}

/**
 * Opens the SQL driver of a store on an open database. Applies the pending migrations, or only
 * checks that there are none. Closing the driver leaves the database open.
 *
 * @throws `invalid_config` if the database is not an SQL database; `migration_failed`,
 * `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export async function openSqlDriver<Driver>(
  database: Database,
  migrate: 'apply' | 'verify',
  { subsystem, create }: SqlStore<Driver>,
): Promise<Driver> {
  const sqlDatabase = requireSqlDatabase(database)
  return create(sqlDatabase, await migrateSubsystem(sqlDatabase, subsystem, migrate))
}
