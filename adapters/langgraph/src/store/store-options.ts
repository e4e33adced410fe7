import type { StateStore } from '@harborage/state'

import { checkDsn, checkNames, checkState, invalidOption } from '../check-options.ts'
import type { OwnerOption } from '../owner.ts'
import { connectionNames, type SourceConfig, type StateSource } from '../state-source.ts'
import type { SearchOrder } from './candidates.ts'

/** What a {@link HarborageStore} is told besides where its items are. */
export interface StoreSettings {
  /** Whose items the store keeps. */
  readonly owner: OwnerOption
  /**
   * The order of what `search` returns, by `createdAt`: `'oldest-first'` as InMemoryStore has it,
   * or `'newest-first'` as PostgresStore answers a graph. Default: `'oldest-first'`.
   */
  readonly searchOrder?: SearchOrder
}

/** The options of a {@link HarborageStore}. */
export interface HarborageStoreOptions extends StoreSettings {
  /** An open state store, which stays open when the store is ended, or what opens one. */
  readonly state: StateStore | StateSource
}

/** The options of {@link HarborageStore.fromConnString}. */
export interface StoreConnectionOptions extends StoreSettings, Omit<SourceConfig, 'dsn'> {}

const settingNames = ['owner', 'searchOrder']
const orders: ReadonlySet<unknown> = new Set<SearchOrder>(['oldest-first', 'newest-first'])

/** Checks the options of the constructor. */
export function checkStoreOptions(options: HarborageStoreOptions): HarborageStoreOptions {
  checkSettings(options, ['state', ...settingNames])
  checkState(options.state)
  return options
}

/** Checks the options of a connection. */
export function checkStoreConnection(
  dsn: string,
  options: StoreConnectionOptions,
): StoreConnectionOptions {
  checkSettings(options, [...settingNames, ...connectionNames])
  checkDsn(dsn, options.schema)
  return options
}

function checkSettings(options: StoreSettings, names: readonly string[]): void {
  checkNames(options, names, 'HarborageStore')
  const { searchOrder } = options
  if (searchOrder === undefined || orders.has(searchOrder)) return
  throw invalidOption("searchOrder is neither 'oldest-first' nor 'newest-first'")
}
