/**
 * The SQL driver of the artifact store, for authors of SQL engines and of works over several
 * stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSteppingDriver } from '@harborage/core/sql'
import type { ArtifactDriver } from '../artifact-driver.ts'
import { artifactsSubsystem } from './migrations.ts'
import { SqlArtifactDriver } from './sql-artifact-driver.ts'

// For authors of layers: the work of a put or a deletion within a transaction of `runWork`.
export { deleteAllWork, deleteWork } from './delete-work.ts'
export { putWork } from './put-work.ts'
export { compileArtifactStatements, type ArtifactStatements } from './statements.ts'
export { artifactsSubsystem }

/**
 * Opens the SQL driver of the artifact store on an open database. Closing the driver leaves the
 * database open.
 *
 * @param migrate `'apply'` makes or updates the tables; `'verify'` only checks them.
 * @throws `invalid_config` if the database is not an SQL database of `@harborage/core`;
 * `migration_failed`; `schema_outdated` under `'verify'`; `schema_too_new` if a newer release made
 * the tables; `store_unavailable`.
 */
export function openSqlArtifactDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<ArtifactDriver> {
  return openSteppingDriver(database, migrate, {
    subsystem: artifactsSubsystem,
    create: (sqlDatabase, steps) => new SqlArtifactDriver(sqlDatabase, steps),
  })
}
