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

/** How a store finds its driver. */
export interface StoreDrivers<Driver> {
  /** The drivers that are not on SQL. */
  readonly registry: DriverRegistry<StoreDriverFactory<Driver>>
  /** Opens the store's SQL driver on an open database. */
  readonly openOnSql: (database: Database, migrate: 'apply' | 'verify') => Promise<Driver>
}

/** Makes the registry of a store's drivers, which share their names and schemes with the engines. */
export function createDriverRegistry<Driver>(): DriverRegistry<StoreDriverFactory<Driver>> {
  return new DriverRegistry(engines)
}

/** What a driver has to offer so that a store can end it. */
export interface ClosableDriver {
  close(): Promise<void>
}

/** An open driver and how to release it, together with the database if it was opened for this driver. */
export interface OpenedDriver<Driver> {
  readonly driver: Driver
  readonly release: () => Promise<void>
}

/** The name of the driver that is used where the configuration names none. */
export const DEFAULT_DRIVER = 'memory'

/** The names under which a store can be opened, sorted: its own drivers and every registered engine. */
export function driverNames<Driver>(drivers: StoreDrivers<Driver>): string[] {
  return [...drivers.registry.names(), ...engines.names()].sort()
}

/**
 * Opens the driver that a configuration asks for; nothing stays open if that fails.
 *
 * @throws `invalid_config`, `unknown_driver`, or what the driver answers.
 */
export async function openDriver<Driver extends ClosableDriver>(
  drivers: StoreDrivers<Driver>,
  config: StoreConfig,
): Promise<OpenedDriver<Driver>> {
  const { database, driver, dsn, migrate = 'apply' } = parseStoreConfig(config)
  if (database !== undefined) {
    const opened = await drivers.openOnSql(database, migrate)
    return { driver: opened, release: () => opened.close() }
  }
  const scheme = dsn === undefined ? undefined : schemeOf(dsn)
  const name = driver ?? (dsn === undefined ? DEFAULT_DRIVER : undefined)
  const factory = find(drivers.registry, name, scheme)
  const engine = find(engines, name, scheme)
  if (factory !== undefined) {
    const opened = await factory.open(dsn, migrate)
    return { driver: opened, release: () => opened.close() }
  }
  if (engine === undefined) {
    throw unknownDriver({
      name,
      scheme,
      registered: driverNames(drivers),
      isOfAnotherStore: engines.isOfRival(name, name === undefined ? scheme : undefined),
    })
  }
  if (dsn === undefined) {
    throw new HarborageError(
      'invalid_config',
      `the driver "${name}" needs a dsn: it says where the data is kept`,
    )
  }
  return openOnOwnDatabase(drivers, await engine.open(dsn), migrate)
}

async function openOnOwnDatabase<Driver extends ClosableDriver>(
  drivers: StoreDrivers<Driver>,
  database: Database,
  migrate: 'apply' | 'verify',
): Promise<OpenedDriver<Driver>> {
  try {
    const driver = await drivers.openOnSql(database, migrate)
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

/** Finds by name, or by scheme where there is no name. */
function find<Entry extends Registered>(
  registry: DriverRegistry<Entry>,
  name: string | undefined,
  scheme: string | undefined,
): Entry | undefined {
  if (name !== undefined) return registry.find(name)
  return scheme === undefined ? undefined : registry.findByScheme(scheme)
}
