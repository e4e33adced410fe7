export { memorySubsystem } from './migrations.ts'
export { openSqlMemoryDriver } from './open-sql-memory-driver.ts'
