export { openSqlStateDriver } from './open-sql-state-driver.ts'
export { stateSubsystem } from './migrations.ts'
