export { lockKey } from './lock-key.ts'
export { migrateSubsystem, type SchemaChange, type Subsystem } from './migrations.ts'
export { afterPrefix } from './name-prefix.ts'
export {
  requireSqlDatabase,
  SqlFailure,
  type NoTables,
  type SqlDatabase,
  type SqlTraits,
} from './sql-database.ts'
export { compileStatement, type CompiledSql, type SqlStatement } from './sql-statement.ts'
export { changeRows, selectRows, type SqlAnswer, type SqlStep, type SqlWork } from './sql-work.ts'
