import type { Database } from '../database.ts'
import { migrateSubsystem } from './migrations.ts'
import { openSteps } from './steps/open-steps.ts'
import type { SqlSteps } from './steps/sql-steps.ts'
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

/** The SQL side of a store that takes part in steps. */
export interface SteppingStore<Driver> extends Pick<SqlStore<Driver>, 'subsystem'> {
  /**
   * Returns the driver for a database that is up to date.
   *
   * @param steps The steps of the database, whose `side` joins the driver to them.
   * @param hasOptional Whether the database has the optional migration of the subsystem.
   */
  readonly create: (database: SqlDatabase, steps: SqlSteps, hasOptional: boolean) => Driver
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

/**
 * Opens the SQL driver of a store that takes part in steps, as {@link openSqlDriver} does, with the
 * table of steps.
 *
 * @throws `invalid_config` if the database is not an SQL database; `migration_failed`,
 * `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export async function openSteppingDriver<Driver>(
  database: Database,
  migrate: 'apply' | 'verify',
  { subsystem, create }: SteppingStore<Driver>,
): Promise<Driver> {
  const sqlDatabase = requireSqlDatabase(database)
  const hasOptional = await migrateSubsystem(sqlDatabase, subsystem, migrate)
  return create(sqlDatabase, await openSteps(sqlDatabase, migrate), hasOptional)
}
