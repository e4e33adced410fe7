/**
 * The SQL driver of the memory store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSqlDriver } from '@harborage/core/sql'
import type { MemoryDriver } from '../memory-driver.ts'
import { memorySubsystem } from './migrations.ts'
import { SqlMemoryDriver } from './sql-memory-driver.ts'

// For authors: what a change of a conversation does in a transaction, for `runWork`.
export { changeWork } from './change-work.ts'
export { compileMemoryStatements, type MemoryStatements } from './statements.ts'
export { memorySubsystem }

/**
 * Opens the SQL driver of the memory store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export function openSqlMemoryDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<MemoryDriver> {
  return openSqlDriver(database, migrate, {
    subsystem: memorySubsystem,
    create: (sqlDatabase) => new SqlMemoryDriver(sqlDatabase),
  })
}
