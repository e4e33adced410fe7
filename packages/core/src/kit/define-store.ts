import { engines, type Database } from '../database.ts'
import { DriverRegistry, type Registered } from './driver-registry.ts'
import { schemeOf } from './dsn-scheme.ts'
import { HarborageError } from '../harborage-error.ts'
import { parseStoreConfig, type StoreConfig } from '../store-config.ts'
import { unknownDriver } from './unknown-driver.ts'

/** How a driver that is not on SQL is opened. */
export interface StoreDriverFactory<Driver> extends Registered {
  /**
   * @param dsn What the caller gave: a DSN with its scheme, in the case in which it was written; if the caller named the
   * driver, perhaps a bare path; `undefined` if nothing.
   * @param migrate `'verify'`: opening changes nothing, and fails with `schema_outdated` where something has to be made.
   */
  readonly open: (dsn: string | undefined, migrate: 'apply' | 'verify') => Promise<Driver>
}

/** What a store's class takes besides its driver. */
export interface StoreOptions {
  /** Closes the driver, and a database that was opened for it. Default: the driver's own `close`. */
  readonly release?: () => Promise<void>
}

/** Where a store's drivers come from. */
export interface DriverSource<Driver> {
  /** Makes the driver that keeps everything in the memory of the process. */
  readonly inMemory: () => Driver
  /** Loads what opens the SQL driver on a database: only when a database is used, so that kysely is not loaded without one. */
  readonly loadSql: () => Promise<
    (database: Database, migrate: 'apply' | 'verify') => Promise<Driver>
  >
}

/** What a driver has to offer so that a store can end it. */
export interface ClosableDriver {
  /** Releases what the driver holds. Called once, when no call is in flight. */
  close(): Promise<void>
}

/** An open driver and how to release it, together with the database if it was opened for this driver. */
export interface OpenedDriver<Driver> {
  readonly driver: Driver
  readonly release: () => Promise<void>
}

/** The name of the driver that is used where the configuration names none. */
const DEFAULT_DRIVER = 'memory'

/**
 * Gives a store its drivers: the one in memory, the SQL driver for every engine, and those that are registered later.
 * They share their names and schemes with the engines.
 *
 * @example
 * ```ts
 * import { defineStore } from '@harborage/core/kit'
 *
 * const notes = defineStore({
 *   inMemory: () => ({ texts: new Map<string, string>(), close: async () => {} }),
 *   loadSql: async () => async () => { throw new Error('notes are kept in memory only') },
 * })
 * const { driver, release } = await notes.open({ dsn: 'memory:' })
 * driver.texts.set('n1', 'a note')
 * await release()
 * ```
 */
export function defineStore<Driver extends ClosableDriver>(
  source: DriverSource<Driver>,
): DefinedStore<Driver> {
  return new DefinedStore(source)
}

/** The drivers of one store. */
export class DefinedStore<Driver extends ClosableDriver> {
  readonly #registry = new DriverRegistry<StoreDriverFactory<Driver>>('store')
  readonly #loadSql: DriverSource<Driver>['loadSql']

  constructor({ inMemory, loadSql }: DriverSource<Driver>) {
    this.#loadSql = loadSql
    this.#registry.register(DEFAULT_DRIVER, inMemoryFactory(inMemory))
  }

  /**
   * Registers a driver that is not on SQL.
   *
   * @throws `invalid_config` if the name or one of the schemes is already taken, by an engine too, or malformed.
   */
  register(name: string, factory: StoreDriverFactory<Driver>): void {
    this.#registry.register(name, factory)
  }

  /** Returns the names under which the store can be opened, sorted: its own drivers and every registered engine. */
  names(): string[] {
    return [...this.#registry.names(), ...engines.names()].sort()
  }

  /**
   * Opens the driver that a configuration asks for; nothing stays open if that fails.
   *
   * @throws `invalid_config`, `unknown_driver`, or what the driver answers.
   */
  async open(config: StoreConfig): Promise<OpenedDriver<Driver>> {
    const { database, driver, dsn, migrate = 'apply' } = parseStoreConfig(config)
    if (database !== undefined) return opened(await this.#openOnSql(database, migrate))
    const scheme = dsn === undefined ? undefined : schemeOf(dsn)
    const name = driver ?? (dsn === undefined ? DEFAULT_DRIVER : undefined)
    const factory = find(this.#registry, name, scheme)
    if (factory !== undefined) return opened(await factory.open(dsn, migrate))
    const engine = find(engines, name, scheme)
    if (engine === undefined) {
      throw unknownDriver({
        name,
        scheme,
        registered: this.names(),
        isOfAnotherStore: engines.isOfRival(name, name === undefined ? scheme : undefined),
      })
    }
    if (dsn === undefined) {
      throw new HarborageError(
        'invalid_config',
        `the driver "${name}" needs a dsn: it says where the data is kept`,
      )
    }
    return this.#openOnOwnDatabase(await engine.open(dsn), migrate)
  }

  async #openOnOwnDatabase(
    database: Database,
    migrate: 'apply' | 'verify',
  ): Promise<OpenedDriver<Driver>> {
    try {
      const driver = await this.#openOnSql(database, migrate)
      return {
        driver,
        async release() {
          await driver.close()
          await database.close()
        },
      }
    } catch (error) {
      await database.close()
      throw error
    }
  }

  async #openOnSql(database: Database, migrate: 'apply' | 'verify'): Promise<Driver> {
    const openOnSql = await this.#loadSql()
    return openOnSql(database, migrate)
  }
}

function opened<Driver extends ClosableDriver>(driver: Driver): OpenedDriver<Driver> {
  return { driver, release: () => driver.close() }
}

/** The factory of a driver that keeps nothing beyond its process. It refuses a DSN that names a place. */
function inMemoryFactory<Driver>(create: () => Driver): StoreDriverFactory<Driver> {
  return {
    schemes: ['memory'],
    async open(dsn) {
      if (dsn !== undefined && dsn !== 'memory:') {
        throw new HarborageError(
          'invalid_config',
          'dsn names a place, and the driver "memory" keeps nothing: leave it out, or name another driver',
        )
      }
      return create()
    },
  }
}

/** Finds by name, or by scheme where there is no name. */
function find<Entry extends Registered>(
  registry: DriverRegistry<Entry>,
  name: string | undefined,
  scheme: string | undefined,
): Entry | undefined {
  if (name !== undefined) return registry.find(name)
  return scheme === undefined ? undefined : registry.findByScheme(scheme)
}
