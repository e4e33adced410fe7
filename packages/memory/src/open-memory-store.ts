import type { Context } from '@harborage/core'
import {
  createContext,
  defineStore,
  storeConfigOf,
  type StoreDriverFactory,
} from '@harborage/core/kit'
import { InMemoryMemoryDriver } from './in-memory-driver.ts'
import { memoryRuleNames, parseMemoryRules, type MemoryStoreConfig } from './memory-config.ts'
import type { MemoryDriver } from './memory-driver.ts'
import { MemoryStore } from './memory-store.ts'

const drivers = defineStore<MemoryDriver>({
  inMemory: () => new InMemoryMemoryDriver(),
  loadSql: async () => (await import('./sql/index.ts')).openSqlMemoryDriver,
})

/**
 * Opens a memory store: in memory by default, by DSN, by driver name, or on a database that is
 * already open and may serve other stores too. If opening fails, nothing stays open.
 *
 * The default `strategy` is `none`, which keeps no turns.
 *
 * @throws `invalid_config` if an option is malformed, or `rolling_summary` has no summarizer;
 * `strategy_not_implemented` if the strategy is unknown; `unknown_driver` if no driver is
 * registered for the name or the scheme of the DSN; `store_unavailable` if the database cannot be
 * reached; `migration_failed`, or under `migrate: 'verify'` `schema_outdated`; `schema_too_new` if
 * a newer release made the tables.
 *
 * @example
 * ```ts
 * import { createEventBus } from '@harborage/core'
 * import { openMemoryStore } from '@harborage/memory'
 *
 * await using memory = await openMemoryStore({
 *   strategy: 'rolling_summary',
 *   recentTurns: 4,
 *   budgetTokens: 4_000,
 *   bus: createEventBus(),
 *   summarizer: {
 *     async summarize(identity, { previousSummary, turns }) {
 *       return { summary: [previousSummary, ...turns.map((turn) => turn.userMessage)].join('\n') }
 *     },
 *   },
 * })
 * ```
 */
export async function openMemoryStore(config: MemoryStoreConfig): Promise<MemoryStore> {
  const rules = parseMemoryRules(config)
  const { driver, release } = await drivers.open(storeConfigOf(config, memoryRuleNames))
  return new MemoryStore(driver, { rules, release })
}

/**
 * Registers a memory driver that does not use SQL, so that `openMemoryStore` finds it by name and
 * by DSN scheme.
 *
 * @param name The value of `driver` in the configuration of `openMemoryStore`.
 * @throws `invalid_config` if the name or a scheme is malformed, or already taken by a driver or an
 * engine.
 */
export function registerMemoryDriver(
  name: string,
  factory: StoreDriverFactory<MemoryDriver>,
): void {
  drivers.register(name, factory)
}

/**
 * Returns the names that `openMemoryStore` takes as `driver`, sorted. Importing an engine package
 * adds its own.
 */
export function registeredMemoryDrivers(): string[] {
  return drivers.names()
}

/**
 * Carries a memory store through asynchronous calls, so that handlers need no parameter for it.
 *
 * @example
 * ```ts
 * import { createEventBus } from '@harborage/core'
 * import { memoryContext, openMemoryStore } from '@harborage/memory'
 *
 * await using memory = await openMemoryStore({ bus: createEventBus() })
 * await memoryContext.run(memory, async () => {
 *   memoryContext.require() // the store that was passed to `run`
 * })
 * ```
 */
export const memoryContext: Context<MemoryStore> = createContext('memory')
