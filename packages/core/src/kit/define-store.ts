import { engines, type Database } from '../database.ts'
import { checkOptionNames, describeType, KnownNames } from './argument-checks.ts'
import { asDriverFailure } from './driver-failure.ts'
import { DriverRegistry, type Registered, schemeOf } from './driver-registry.ts'
import { HarborageError } from '../harborage-error.ts'
import { parseStoreConfig, type StoreConfig } from '../store-config.ts'
import { requireNodeVersion } from './node-version.ts'
import { unknownDriver } from './unknown-driver.ts'

/** Opens a driver that does not use SQL. */
export interface StoreDriverFactory<Driver, Options = never> extends Registered {
  /**
   * Opens the driver.
   *
   * @param dsn The caller's DSN as it was written. It may be a bare path if the caller named the
   * driver, and is `undefined` if the caller passed none.
   * @param migrate With `'verify'`, opening changes nothing and fails with `schema_outdated` if
   * something has to be created.
   * @param options The options of the caller that the drivers of this store take.
   */
  readonly open: (
    dsn: string | undefined,
    migrate: 'apply' | 'verify',
    options?: Options,
  ) => Promise<Driver>
}

/** Options that the class of a store takes in addition to its driver. */
export interface StoreOptions {
  /**
   * Closes the driver, and a database that was opened for it. Default: the driver's own `close`.
   */
  readonly release?: () => Promise<void>
}

const storeOptionNames = new KnownNames('options', ['release'], 'invalid_config')

/**
 * Returns the function that closes what a store uses: that of its options, or the driver's own.
 *
 * @param options What the class of the store was called with.
 * @param names The names that the options may have. Default: those of {@link StoreOptions}.
 * @throws `invalid_config` if an option is unknown, or `release` is not a function;
 * `invalid_record` if the options are no object.
 */
export function releaseOf(
  driver: ClosableDriver,
  options: StoreOptions | undefined,
  names: KnownNames = storeOptionNames,
): () => Promise<void> {
  checkOptionNames(options, names)
  const { release = () => driver.close() } = options ?? {}
  if (typeof release === 'function') return release
  throw new HarborageError(
    'invalid_config',
    `options.release is ${describeType(release)}: pass a function that closes the driver, or leave it out`,
  )
}

/** The sources of a store's drivers. `Options` are those that its drivers take. */
export interface DriverSource<Driver, Options = never> {
  /** Returns a driver that keeps everything in the memory of this process. */
  readonly inMemory: (options?: Options) => Driver
  /**
   * Loads the function that opens the SQL driver on a database. It is called only if a database is
   * used, so kysely is not loaded without one.
   */
  readonly loadSql: () => Promise<
    (database: Database, migrate: 'apply' | 'verify', options?: Options) => Promise<Driver>
  >
}

/** A driver that a store can close. */
export interface ClosableDriver {
  /** Releases everything that the driver holds. Called once, when no call is in flight. */
  close(): Promise<void>
}

/** An open driver, with the function that closes it and a database that was opened for it. */
export interface OpenedDriver<Driver> {
  readonly driver: Driver
  readonly release: () => Promise<void>
}

/** The name of the driver for a configuration that names none. */
const DEFAULT_DRIVER = 'memory'

/**
 * Defines the drivers of a store: the in-memory driver, the SQL driver for every engine, and
 * drivers that are registered later. Their names and schemes must differ from those of the engines.
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
export function defineStore<Driver extends ClosableDriver, Options = never>(
  source: DriverSource<Driver, Options>,
): DefinedStore<Driver, Options> {
  return new DefinedStore(source)
}

/** The drivers of one store. */
export class DefinedStore<Driver extends ClosableDriver, Options = never> {
  readonly #registry = new DriverRegistry<StoreDriverFactory<Driver, Options>>('store')
  readonly #loadSql: DriverSource<Driver, Options>['loadSql']

  constructor({ inMemory, loadSql }: DriverSource<Driver, Options>) {
    this.#loadSql = loadSql
    this.#registry.register(DEFAULT_DRIVER, inMemoryFactory(inMemory))
  }

  /**
   * Registers a driver that does not use SQL.
   *
   * @throws `invalid_config` if the name or a scheme is malformed, or already registered by this
   * store or by an engine.
   */
  register(name: string, factory: StoreDriverFactory<Driver, Options>): void {
    this.#registry.register(name, factory)
  }

  /**
   * Returns the names of all drivers with which the store can be opened, sorted: its own and every
   * registered engine.
   */
  names(): string[] {
    return [...this.#registry.names(), ...engines.names()].sort()
  }

  /**
   * Opens the driver that a configuration selects. Nothing stays open if that fails.
   *
   * @param options What the driver is opened with. Default: nothing.
   * @throws `invalid_config`, also if Node.js is older than 22.14; `unknown_driver`, or an error of
   * the driver. One that is not a HarborageError becomes the cause of a `driver_failed`.
   */
  async open(config: StoreConfig, options?: Options): Promise<OpenedDriver<Driver>> {
    try {
      requireNodeVersion('@harborage/core')
      return await this.#open(parseStoreConfig(config), options)
    } catch (error) {
      throw asDriverFailure(error)
    }
  }

  async #open(config: StoreConfig, options?: Options): Promise<OpenedDriver<Driver>> {
    const { database, driver, dsn, migrate = 'apply' } = config
    if (database !== undefined) return opened(await this.#openOnSql(database, migrate, options))
    const scheme = dsn === undefined ? undefined : schemeOf(dsn)
    const name = driver ?? (dsn === undefined ? DEFAULT_DRIVER : undefined)
    const factory = find(this.#registry, name, scheme)
    if (factory !== undefined) return opened(await factory.open(dsn, migrate, options))
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
    return this.#openOnOwnDatabase(await engine.open(dsn), migrate, options)
  }

  async #openOnOwnDatabase(
    database: Database,
    migrate: 'apply' | 'verify',
    options: Options | undefined,
  ): Promise<OpenedDriver<Driver>> {
    try {
      const driver = await this.#openOnSql(database, migrate, options)
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

  async #openOnSql(
    database: Database,
    migrate: 'apply' | 'verify',
    options: Options | undefined,
  ): Promise<Driver> {
    const openOnSql = await this.#loadSql()
    return openOnSql(database, migrate, options)
  }
}

function opened<Driver extends ClosableDriver>(driver: Driver): OpenedDriver<Driver> {
  return { driver, release: () => driver.close() }
}

/** Returns the factory of the in-memory driver. It rejects a DSN that names a place. */
function inMemoryFactory<Driver, Options>(
  create: (options?: Options) => Driver,
): StoreDriverFactory<Driver, Options> {
  return {
    schemes: ['memory'],
    async open(dsn, _migrate, options) {
      if (dsn !== undefined && dsn !== 'memory:') {
        throw new HarborageError(
          'invalid_config',
          'dsn names a place, and the driver "memory" keeps nothing: leave it out, or name another driver',
        )
      }
      return create(options)
    },
  }
}

/** Returns the entry of a name, or of a scheme if there is no name. */
function find<Entry extends Registered>(
  registry: DriverRegistry<Entry>,
  name: string | undefined,
  scheme: string | undefined,
): Entry | undefined {
  if (name !== undefined) return registry.find(name)
  return scheme === undefined ? undefined : registry.findByScheme(scheme)
}
