/**
 * LangGraph on Harborage: what its checkpointer and its store have in common.
 *
 * @module
 */
import './store/store-errors.ts'

export type { OwnerOption, User, UserOption } from './owner.ts'
export type { StateSource } from './state-source.ts'
export type { SearchOrder } from './store/candidates.ts'
export {
  HarborageStore,
  type HarborageStoreOptions,
  type ListNamespacesOptions,
  type StoreConnectionOptions,
  type StoreSearchOptions,
  type StoreSettings,
} from './store/harborage-store.ts'
