import type { Database } from '@harborage/core'
import { migrateSubsystem, requireSqlDatabase } from '@harborage/core/sql'
import type { ArtifactDriver } from '../artifact-driver.ts'
import { artifactsSubsystem } from './migrations.ts'
import { SqlArtifactDriver } from './sql-artifact-driver.ts'

/**
 * Opens the SQL driver of the artifact store on an open database, which it leaves open when it is closed.
 *
 * @throws `invalid_config`, `migration_failed`, `schema_outdated`, `schema_too_new`, `store_unavailable`.
 */
export async function openSqlArtifactDriver(
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<ArtifactDriver> {
  const sqlDatabase = requireSqlDatabase(database)
  await migrateSubsystem(sqlDatabase, artifactsSubsystem, migrate)
  return new SqlArtifactDriver(sqlDatabase)
}
