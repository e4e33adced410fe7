import type { Database } from '@harborage/core'
import { migrateSubsystem, requireSqlDatabase } from '@harborage/core/sql'
import type { StateDriver } from '../state-driver.ts'
import { stateSubsystem } from './migrations.ts'
import { SqlStateDriver } from './sql-state-driver.ts'

/**
 * Opens the SQL driver of the state store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export async function openSqlStateDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<StateDriver> {
  const sqlDatabase = requireSqlDatabase(database)
  await migrateSubsystem(sqlDatabase, stateSubsystem, migrate)
  return new SqlStateDriver(sqlDatabase)
}
