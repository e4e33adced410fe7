export { compileAllOrNone } from './all-or-none.ts'
export { askWhatBecame } from './ask-what-became.ts'
export type { BatchColumns } from './call-arrays.ts'
export { compileOnce } from './compile-once.ts'
export { fillPage, type PageBounds, type PageReader } from './fill-page.ts'
export { byJsonText } from './json-order.ts'
export { lockKey } from './lock-key.ts'
export { LostRace, untilUndisturbed } from './lost-race.ts'
export { migrateSubsystem, type SchemaChange, type Subsystem } from './migrations.ts'
export { afterPrefix } from './name-prefix.ts'
export { openSqlDriver, type SqlStore } from './open-sql-driver.ts'
export {
  requireSqlDatabase,
  type MigrationLock,
  type NoTables,
  type SqlDatabase,
  type SqlTraits,
  type StoredObjects,
  type StoredTrigger,
} from './sql-database.ts'
export type { Compilable, CompiledSql } from './compiled-sql.ts'
export { sessionColumns, sessionOf, type SessionColumns } from './session-columns.ts'
export { removeAll, type Removal } from './remove-all.ts'
export { compileBatch, type BatchRules, type SqlBatch } from './sql-batch.ts'
export type { Repeat, TransactionTraits, WriteClaim } from './sql-repeat.ts'
export { isSqlFailure, SqlFailure, type SqlFailureReason } from './sql-failure.ts'
export {
  compileStatement,
  type SqlStatement,
  type StatementTraits,
  type WriteTraits,
} from './sql-statement.ts'
export {
  changeRows,
  selectRows,
  together,
  type SqlAnswer,
  type SqlStep,
  type SqlWork,
} from './sql-work.ts'
