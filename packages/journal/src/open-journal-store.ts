import { HarborageError, type Context, type StoreConfig } from '@harborage/core'
import {
  createContext,
  defineStore,
  readProperty,
  storeConfigOf,
  type StoreDriverFactory,
} from '@harborage/core/kit'
import { InMemoryJournalDriver } from './in-memory-driver.ts'
import type { JournalDriver } from './journal-driver.ts'
import type { JournalDriverOptions } from './journal-driver-options.ts'
import { JournalStore } from './journal-store.ts'

/** The configuration of `openJournalStore`. */
export interface JournalStoreConfig extends StoreConfig, JournalDriverOptions {}

const drivers = defineStore<JournalDriver, JournalDriverOptions>({
  inMemory: () => new InMemoryJournalDriver(),
  loadSql: async () => (await import('./sql/index.ts')).openSqlJournalDriver,
})

/**
 * Opens a journal store: in memory by default, by DSN, by driver name, or on a database that is
 * already open and may serve other stores too. If opening fails, nothing stays open.
 *
 * @param config Default: a store in memory.
 * @throws `invalid_config` if an option is malformed; `unknown_driver` if no driver is registered
 * for the name or the scheme of the DSN; `store_unavailable` if the database cannot be reached;
 * `migration_failed`, or under `migrate: 'verify'` `schema_outdated`; `schema_too_new` if a newer
 * release made the tables.
 *
 * @example
 * ```ts
 * import { openJournalStore } from '@harborage/journal'
 *
 * await using journal = await openJournalStore({ dsn: 'memory:' })
 * ```
 */
export async function openJournalStore(config: JournalStoreConfig = {}): Promise<JournalStore> {
  const place = storeConfigOf(config, ['pollMs'])
  const { driver, release } = await drivers.open(place, checkOptions(config))
  return new JournalStore(driver, { release })
}

const MAX_POLL_MS = 60_000

function checkOptions(config: JournalStoreConfig): JournalDriverOptions | undefined {
  const pollMs: unknown = readProperty(config, 'pollMs')
  if (pollMs === undefined) return undefined
  const isSound = typeof pollMs === 'number' && Number.isInteger(pollMs)
  if (isSound && pollMs >= 1 && pollMs <= MAX_POLL_MS) return { pollMs }
  throw new HarborageError(
    'invalid_config',
    `pollMs must be a whole number from 1 to ${MAX_POLL_MS}: leave it out for 200`,
  )
}

/**
 * Registers a journal driver that does not use SQL, so that `openJournalStore` finds it by name and
 * by DSN scheme.
 *
 * @param name The value of `driver` in the configuration of `openJournalStore`.
 * @throws `invalid_config` if the name or a scheme is malformed, or already taken by a driver or an
 * engine.
 */
export function registerJournalDriver(
  name: string,
  factory: StoreDriverFactory<JournalDriver, JournalDriverOptions>,
): void {
  drivers.register(name, factory)
}

/**
 * Returns the names that `openJournalStore` takes as `driver`, sorted. Importing an engine package
 * adds its own.
 */
export function registeredJournalDrivers(): string[] {
  return drivers.names()
}

/**
 * Carries a journal store through asynchronous calls, so that handlers need no parameter for it.
 *
 * @example
 * ```ts
 * import { journalContext, openJournalStore } from '@harborage/journal'
 *
 * await using journal = await openJournalStore()
 * await journalContext.run(journal, async () => {
 *   journalContext.require() // the store that was passed to `run`
 * })
 * ```
 */
export const journalContext: Context<JournalStore> = createContext('journal')
