import type { Context, StoreConfig } from '@harborage/core'
import {
  createContext,
  defineStore,
  storeConfigOf,
  type StoreDriverFactory,
} from '@harborage/core/kit'
import { InMemoryStateDriver } from './in-memory-driver.ts'
import { checkKindIndex } from './internal/check-kind-index.ts'
import type { StateDriverOptions } from './kind-index.ts'
import type { StateDriver } from './state-driver.ts'
import { StateStore } from './state-store.ts'

/** The configuration of `openStateStore`. */
export interface StateStoreConfig extends StoreConfig, StateDriverOptions {}

const drivers = defineStore<StateDriver, StateDriverOptions>({
  inMemory: (options) => new InMemoryStateDriver(options),
  loadSql: async () => (await import('./sql/index.ts')).openSqlStateDriver,
})

/**
 * Opens a state store: in memory by default, by DSN, by driver name, or on a database that is
 * already open.
 *
 * An unreachable database, a failed migration or a file that is not a database is an error here,
 * not at the first save. If opening fails, nothing stays open.
 *
 * @param config Default: a store in memory.
 * @throws `invalid_config` if an option is malformed, or `kindIndex` differs from what the first
 * opening of the database decided; `unknown_driver` if no driver is registered
 * for the name or the scheme of the DSN; `store_unavailable` if the database cannot be reached;
 * `migration_failed`, or under `migrate: 'verify'` `schema_outdated`; `schema_too_new` if a newer
 * release made the tables.
 *
 * @example
 * ```ts
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore({ dsn: 'memory:' })
 * ```
 */
export async function openStateStore(config: StateStoreConfig = {}): Promise<StateStore> {
  const place = storeConfigOf(config, ['kindIndex'])
  const { driver, release } = await drivers.open(place, checkKindIndex(config))
  return new StateStore(driver, { release })
}

/**
 * Registers a state driver that does not use SQL, so that `openStateStore` finds it by name and by
 * DSN scheme.
 *
 * @param name The value of `driver` in the configuration of `openStateStore`.
 * @throws `invalid_config` if the name or a scheme is malformed, or already taken by a driver or an
 * engine.
 */
export function registerStateDriver(
  name: string,
  factory: StoreDriverFactory<StateDriver, StateDriverOptions>,
): void {
  drivers.register(name, factory)
}

/**
 * Returns the names that `openStateStore` takes as `driver`, sorted. Importing an engine package
 * adds its own.
 */
export function registeredStateDrivers(): string[] {
  return drivers.names()
}

/**
 * Carries a state store through asynchronous calls, so that handlers need no parameter for it.
 *
 * @example
 * ```ts
 * import { openStateStore, stateContext } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * await stateContext.run(state, async () => {
 *   stateContext.require() // the store that was passed to `run`
 * })
 * ```
 */
export const stateContext: Context<StateStore> = createContext('state')
