/**
 * LangGraph on Harborage: a checkpointer and a store whose owner is bound.
 *
 * @module
 */
import './langgraph-errors.ts'
import './store/store-errors.ts'

export type { OwnerOption, User, UserOption } from './owner.ts'
export { HarborageSaver } from './saver/harborage-saver.ts'
export type { PruneResult } from './saver/prune-thread.ts'
export type { ConnectOptions, HarborageSaverOptions, SaverOptions } from './saver/saver-options.ts'
export type { SourceConfig, StateSource } from './state-source.ts'
export type { SearchOrder } from './store/candidates.ts'
export {
  HarborageStore,
  type HarborageStoreOptions,
  type ListNamespacesOptions,
  type StoreConnectionOptions,
  type StoreSearchOptions,
  type StoreSettings,
} from './store/harborage-store.ts'
