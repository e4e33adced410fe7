/**
 * For authors of SQL engines and of SQL drivers of stores: the port, dialects, tables and
 * migrations.
 *
 * @module
 */
// Registering an engine. `/kit` has it as well.
export { registerEngine, type Engine } from '../database.ts'
// Statements and tables.
export { compileOnce } from './compile-once.ts'
export { createTable } from './create-table.ts'
export {
  defineTable,
  type ColumnOf,
  type KeyOf,
  type RowOf,
  type SqlTable,
  type TablesOf,
} from './define-table.ts'
// Dialects.
export { PostgresMigrationDialect } from './dialects/postgres-migration-dialect.ts'
export { postgresDialect } from './dialects/postgres.ts'
export type {
  ApartColumns,
  EmptyPlace,
  KeyOrders,
  LargeContent,
  LargeRead,
  LargeValue,
  ManyCalls,
  ManyKeys,
  ManyRead,
  ManyReads,
  OrderColumn,
  OrderPage,
  Removal,
  SqlDialect,
} from './dialects/sql-dialect.ts'
export { sqliteDialect } from './dialects/sqlite.ts'
export type { WordIndexes } from './dialects/word-indexes.ts'
// Pages, locks and migrations.
export { fillPage, type PageBounds, type PageReader } from './fill-page.ts'
export { addColumn } from './add-column.ts'
export {
  compileDirectory,
  compileRuns,
  readDirectory,
  type DirectoryStatements,
} from './directory.ts'
export { areAfter } from './key-conditions.ts'
export { lockKey } from './lock-key.ts'
export { migrateSubsystem } from './migrations.ts'
export { missingModule, missingTable, missingTrigger } from './missing-objects.ts'
export { prefixUpperBound } from './prefix-upper-bound.ts'
export type { OptionalMigration, SchemaChange, Subsystem } from './subsystem.ts'
// Drivers of stores and their transactions.
export {
  openSqlDriver,
  openSteppingDriver,
  type SqlStore,
  type SteppingStore,
} from './open-sql-driver.ts'
// Parts of steps.
export { callerStatementFailed } from './caller-statement.ts'
export { lockRanks, type SqlParticipant, type StepAttempt } from './steps/sql-participant.ts'
export type { SqlSteps } from './steps/sql-steps.ts'
export { compileStepStatements, type StepStatements } from './steps/step-statements.ts'
export { stepsSubsystem } from './steps/step-table.ts'
export { refuseToRepeat, resolveOutcome } from './resolve-outcome.ts'
export { runWork, type PriorAttempts, type WorkTraits } from './run-work.ts'
// The port, which an engine implements.
export { requireSqlDatabase, type MigrationLock, type SqlDatabase } from './sql-database.ts'
export type {
  ColumnType,
  ColumnTypes,
  IndexColumns,
  KeyedTable,
  KeyOrder,
  StoredObjects,
  StoredTrigger,
  TableSpec,
  UniqueColumns,
  WordIndex,
} from './table-spec.ts'
export { ownerColumns, type OwnerColumns } from './owner-columns.ts'
export {
  sessionColumnNames,
  sessionColumns,
  sessionOf,
  type SessionColumns,
} from './session-columns.ts'
export {
  compileBatchRemoval,
  compileRemoval,
  removeAll,
  removeBatch,
  type BatchRemoval,
  type RemovedRows,
} from './removal.ts'
// What crosses the port.
export type { NoTables, SqlCalls, TransactionTraits, WriteClaim } from './sql-calls.ts'
export { isSqlFailure, SqlFailure, type SqlFailureReason } from './sql-failure.ts'
export {
  compileStatement,
  type BatchRules,
  type Compilable,
  type CompiledSql,
  type Repeat,
  type SqlBatch,
  type SqlStatement,
  type StatementTraits,
  type WriteTraits,
} from './sql-statement.ts'
export {
  changeRows,
  selectRows,
  pipeline,
  type SqlAnswer,
  type SqlStep,
  type SqlWork,
} from './sql-work.ts'
export { isWriteConflict, WriteConflict } from './write-conflict.ts'
