/**
 * LangGraph on Harborage: a checkpointer and a store whose owner is bound.
 *
 * @module
 */
import './saver/saver-errors.ts'
import './store/store-errors.ts'

export {
  ImportError,
  type ImportErrorCode,
  type ImportErrorOptions,
} from './import/import-error.ts'
export type {
  ImportOptions,
  ImportProgress,
  ImportReport,
  ThreadToImport,
} from './import/import-options.ts'
export { importThreads } from './import/import-threads.ts'
export {
  postgresThreads,
  type PostgresReader,
  type PostgresThreadsOptions,
} from './import/postgres-threads.ts'
export { saverThreads, type SaverReader } from './import/saver-threads.ts'
export type { SerializerOption } from './import/source-serializer.ts'
export { sqliteThreads, type SqliteQuery, type SqliteReader } from './import/sqlite-threads.ts'
export type {
  CheckpointName,
  SourceCheckpoint,
  SourceWrite,
  ThreadSource,
} from './import/thread-source.ts'
export type { OwnerOption, User, UserOption } from '@harborage/core/adapter'
export { HarborageSaver } from './saver/harborage-saver.ts'
export type { PruneResult } from './saver/prune-thread.ts'
export { ValueError, type ValueErrorCode, type ValueName } from './saver/value-error.ts'
export type { ConnectOptions, HarborageSaverOptions, SaverOptions } from './saver/saver-options.ts'
export type { SourceConfig, StateSource } from './state-source.ts'
export type { SearchOrder } from './store/candidates.ts'
export {
  HarborageStore,
  type ListNamespacesOptions,
  type StoreSearchOptions,
} from './store/harborage-store.ts'
export type {
  HarborageStoreOptions,
  StoreConnectionOptions,
  StoreSettings,
} from './store/store-options.ts'
