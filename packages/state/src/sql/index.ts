/**
 * The SQL driver of the state store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSqlDriver } from '@harborage/core/sql'
import type { StateDriver } from '../state-driver.ts'
import { stateSubsystem } from './migrations.ts'
import { SqlStateDriver } from './sql-state-driver.ts'

// For authors: what a save, a commit or a deletion does in a transaction, for `runWork`.
export { commitWork, saveWork } from './commit-work.ts'
export { deleteScopeWork, deleteWork } from './delete-work.ts'
export { compileStateStatements, type StateStatements } from './statements.ts'
export { stateSubsystem }

/**
 * Opens the SQL driver of the state store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export function openSqlStateDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<StateDriver> {
  return openSqlDriver(database, migrate, {
    subsystem: stateSubsystem,
    create: (sqlDatabase) => new SqlStateDriver(sqlDatabase),
  })
}
