import type { Database } from '@harborage/core'
import { migrateSubsystem, requireSqlDatabase } from '@harborage/core/sql'
import type { MemoryDriver } from '../memory-driver.ts'
import { memorySubsystem } from './migrations.ts'
import { SqlMemoryDriver } from './sql-memory-driver.ts'

/**
 * Opens the SQL driver of the memory store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export async function openSqlMemoryDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<MemoryDriver> {
  const sqlDatabase = requireSqlDatabase(database)
  await migrateSubsystem(sqlDatabase, memorySubsystem, migrate)
  return new SqlMemoryDriver(sqlDatabase)
}
