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
 * Opens a memory store: in memory by default, by DSN, by driver name, or on a database that is already open and may serve
 * other stores too.
 *
 * Without a `strategy` it is `none`, which keeps nothing.
 *
 * @throws `invalid_config`, `strategy_not_implemented`, `unknown_driver`, `store_unavailable`, `migration_failed`,
 * `schema_outdated`, `schema_too_new`.
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
 * Registers a memory driver that is not on SQL, so that `openMemoryStore` finds it by name and by DSN scheme.
 *
 * @throws `invalid_config` if the name or one of the schemes is already taken, by an engine too, or malformed.
 */
export function registerMemoryDriver(
  name: string,
  factory: StoreDriverFactory<MemoryDriver>,
): void {
  drivers.register(name, factory)
}

/** The names that `openMemoryStore` takes as `driver`, sorted; importing an engine package adds its own. */
export function registeredMemoryDrivers(): string[] {
  return drivers.names()
}

/** Carries the memory store along with asynchronous work, so that handlers find it without a parameter. */
export const memoryContext: Context<MemoryStore> = createContext('memory')
