import type { Database } from '../database.ts'
import { migrateSubsystem, type Subsystem } from './migrations.ts'
import { requireSqlDatabase, type SqlDatabase } from './sql-database.ts'

/** What a store keeps on SQL, and what works with it. */
export interface SqlStore<Driver> {
  readonly subsystem: Subsystem
  readonly create: (database: SqlDatabase) => Driver
}

/**
 * Opens the SQL driver of a store on an open database, which the driver leaves open when it is closed: brings its tables
 * up to date, or only checks that they are.
 *
 * @throws `invalid_config` if the database is not of an SQL engine; `migration_failed`, `schema_outdated`,
 * `schema_too_new`, `store_unavailable`.
 */
export async function openSqlDriver<Driver>(
  database: Database,
  migrate: 'apply' | 'verify',
  { subsystem, create }: SqlStore<Driver>,
): Promise<Driver> {
  const sqlDatabase = requireSqlDatabase(database)
  await migrateSubsystem(sqlDatabase, subsystem, migrate)
  return create(sqlDatabase)
}
