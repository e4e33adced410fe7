import { InvalidConfigError, UnknownDriverError } from './errors/errors.ts'

/** What a registry asks of its entries: the DSN schemes that lead to them, without the colon. */
export interface Registered {
  readonly schemes: readonly string[]
}

/** Drivers by name and by DSN scheme. A name, and a scheme, is taken once. */
export class DriverRegistry<Driver extends Registered> {
  readonly #drivers = new Map<string, Driver>()

  /** @throws `invalid_config` if the name, or one of the schemes, is already taken. */
  register(name: string, driver: Driver): void {
    if (this.#drivers.has(name)) {
      throw new InvalidConfigError(`a driver named "${name}" is already registered`)
    }
    const taken = driver.schemes.find((scheme) => this.findByScheme(scheme) !== undefined)
    if (taken !== undefined) {
      throw new InvalidConfigError(`the DSN scheme "${taken}:" is already registered`)
    }
    this.#drivers.set(name, driver)
  }

  find(name: string): Driver | undefined {
    return this.#drivers.get(name)
  }

  findByScheme(scheme: string): Driver | undefined {
    for (const driver of this.#drivers.values()) {
      if (driver.schemes.includes(scheme)) return driver
    }
    return undefined
  }

  /** The names, sorted. */
  names(): string[] {
    return [...this.#drivers.keys()].sort()
  }
}

/** The error for a driver that is not registered; it lists those that are and says how to add one. */
export function unknownDriver(wanted: string, registered: readonly string[]): UnknownDriverError {
  return new UnknownDriverError(
    `no driver is registered for ${wanted} (registered: ${registered.join(', ')}). ` +
      "Import the package that registers it first, such as '@harborage/driver-sqlite' or '@harborage/driver-postgres'",
  )
}
