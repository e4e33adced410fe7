/**
 * The SQL driver of the state store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSteppingDriver } from '@harborage/core/sql'
import type { StateDriverOptions } from '../kind-index.ts'
import type { StateDriver } from '../state-driver.ts'
import { stateSubsystem } from './migrations.ts'
import { SqlStateDriver } from './sql-state-driver.ts'

// For authors of layers: the work of a save, a commit or a deletion within a transaction of
// `runWork`.
export { commitWork, saveWork } from './commit-work.ts'
export { deleteAllWork, deleteWork } from './delete-work.ts'
export { compileStateStatements, type StateStatements } from './statements.ts'
export { stateSubsystem }

/**
 * Opens the SQL driver of the state store on an open database. Closing the driver leaves the
 * database open.
 *
 * @param migrate `'apply'` makes or updates the tables; `'verify'` only checks them.
 * @throws `invalid_config` if the database is not an SQL database of `@harborage/core`, or
 * `kindIndex` differs from what its first opening decided;
 * `migration_failed`; `schema_outdated` under `'verify'`; `schema_too_new` if a newer release made
 * the tables; `store_unavailable`.
 */
export function openSqlStateDriver(
  database: Database,
  migrate: 'apply' | 'verify',
  options?: StateDriverOptions,
): Promise<StateDriver> {
  const kindIndex = options?.kindIndex
  const isWanted = kindIndex === undefined ? undefined : !kindIndex
  return openSteppingDriver(database, migrate, {
    subsystem: { ...stateSubsystem, optional: { ...stateSubsystem.optional, isWanted } },
    create: (sqlDatabase, steps, isDeclined) => new SqlStateDriver(sqlDatabase, steps, !isDeclined),
  })
}
