import { invalidOption, OptionNames, type OwnerOption } from '@harborage/core/adapter'
import type { StateStore } from '@harborage/state'
import { checkDsn, checkState } from '../check-options.ts'
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
const constructorNames = new OptionNames('a HarborageStore', ['state', ...settingNames])
const connectNames = new OptionNames('a HarborageStore', [...settingNames, ...connectionNames])
const orders: ReadonlySet<unknown> = new Set<SearchOrder>(['oldest-first', 'newest-first'])

/** Checks the options of the constructor. */
export function checkStoreOptions(given: HarborageStoreOptions): HarborageStoreOptions {
  const options = constructorNames.read(given)
  checkSettings(options)
  checkState(options.state)
  return options
}

/** Checks the options of a connection. */
export function checkStoreConnection(
  dsn: string,
  given: StoreConnectionOptions,
): StoreConnectionOptions {
  const options = connectNames.read(given)
  checkSettings(options)
  checkDsn(dsn, options.schema)
  return options
}

function checkSettings({ searchOrder }: StoreSettings): void {
  if (searchOrder === undefined || orders.has(searchOrder)) return
  throw invalidOption("searchOrder is neither 'oldest-first' nor 'newest-first'")
}
