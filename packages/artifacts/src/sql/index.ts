/**
 * The SQL driver of the artifact store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSqlDriver } from '@harborage/core/sql'
import type { ArtifactDriver } from '../artifact-driver.ts'
import { artifactsSubsystem } from './migrations.ts'
import { SqlArtifactDriver } from './sql-artifact-driver.ts'

// For authors: what a put or a deletion does in a transaction, for `runWork`.
export { deleteScopeWork, deleteWork } from './delete-work.ts'
export { putWork } from './put-work.ts'
export { compileArtifactStatements, type ArtifactStatements } from './statements.ts'
export { artifactsSubsystem }

/**
 * Opens the SQL driver of the artifact store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export function openSqlArtifactDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<ArtifactDriver> {
  return openSqlDriver(database, migrate, {
    subsystem: artifactsSubsystem,
    create: (sqlDatabase) => new SqlArtifactDriver(sqlDatabase),
  })
}
