export { artifactsSubsystem } from './migrations.ts'
export { openSqlArtifactDriver } from './open-sql-artifact-driver.ts'
