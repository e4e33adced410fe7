import type { Context, StoreConfig } from '@harborage/core'
import { createContext, defineStore, type StoreDriverFactory } from '@harborage/core/kit'
import { InMemoryStateDriver } from './in-memory-driver.ts'
import type { StateDriver } from './state-driver.ts'
import { StateStore } from './state-store.ts'

const drivers = defineStore<StateDriver>({
  inMemory: () => new InMemoryStateDriver(),
  loadSql: async () => (await import('./sql/index.ts')).openSqlStateDriver,
})

/**
 * Opens a state store: in memory by default, by DSN, by driver name, or on a database that is already open.
 *
 * Opening fails loudly and leaves nothing open: an unreachable database, a failed migration or a file that is not a
 * database is an error here and not at the first save.
 *
 * @throws `invalid_config`, `unknown_driver`, `store_unavailable`, `migration_failed`, `schema_outdated`,
 * `schema_too_new`.
 *
 * @example
 * ```ts
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore({ dsn: 'memory:' })
 * ```
 */
export async function openStateStore(config: StoreConfig = {}): Promise<StateStore> {
  const { driver, release } = await drivers.open(config)
  return new StateStore(driver, { release })
}

/**
 * Registers a state driver that is not on SQL, so that `openStateStore` finds it by name and by DSN scheme.
 *
 * @throws `invalid_config` if the name or one of the schemes is already taken, by an engine too, or malformed.
 */
export function registerStateDriver(name: string, factory: StoreDriverFactory<StateDriver>): void {
  drivers.register(name, factory)
}

/** The names that `openStateStore` takes as `driver`, sorted; importing an engine package adds its own. */
export function registeredStateDrivers(): string[] {
  return drivers.names()
}

/** Carries the state store along with asynchronous work, so that handlers find it without a parameter. */
export const stateContext: Context<StateStore> = createContext('state')
