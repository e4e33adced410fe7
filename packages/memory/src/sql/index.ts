/**
 * The SQL driver of the memory store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSteppingDriver } from '@harborage/core/sql'
import type { MemoryDriver } from '../memory-driver.ts'
import { memorySubsystem } from './migrations.ts'
import { SqlMemoryDriver } from './sql-memory-driver.ts'

// For authors of layers: the work of a change of a conversation or of a deletion of many within a
// transaction of `runWork`.
export { changeWork } from './change-work.ts'
export { deleteAllWork } from './delete-all-work.ts'
export { compileMemoryStatements, type MemoryStatements } from './statements.ts'
export { memorySubsystem }

/**
 * Opens the SQL driver of the memory store on an open database. Closing the driver leaves the
 * database open.
 *
 * @param migrate `'apply'` makes or updates the tables; `'verify'` only checks them.
 * @throws `invalid_config` if the database is not an SQL database of `@harborage/core`;
 * `migration_failed`; `schema_outdated` under `'verify'`; `schema_too_new` if a newer release made
 * the tables; `store_unavailable`.
 */
export function openSqlMemoryDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<MemoryDriver> {
  return openSteppingDriver(database, migrate, {
    subsystem: memorySubsystem,
    create: (sqlDatabase, steps) => new SqlMemoryDriver(sqlDatabase, steps),
  })
}
