import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'

/** An entry of a registry. */
export interface Registered {
  /** The DSN schemes that select it, without the colon. Case does not matter. */
  readonly schemes: readonly string[]
  readonly open: (dsn: never, migrate: never) => Promise<unknown>
}

/** The kind of a registry: of the SQL engines of all stores, or of one store's own drivers. */
export type RegistryKind = 'engine' | 'store'

/** All registries. A name or scheme of an engine must not be that of a store's driver. */
const registries: Readonly<Record<RegistryKind, DriverRegistry<Registered>[]>> = {
  engine: [],
  store: [],
}

/** Drivers by name and by DSN scheme, which are unique. */
export class DriverRegistry<Driver extends Registered> {
  readonly #drivers = new Map<string, Driver>()
  readonly #byScheme = new Map<string, Driver>()
  /** The registries of the other kind. A name or scheme can be registered in one kind only. */
  readonly #rivals: readonly DriverRegistry<Registered>[]

  constructor(kind: RegistryKind) {
    this.#rivals = registries[kind === 'engine' ? 'store' : 'engine']
    registries[kind].push(this)
  }

  /**
   * Registers a driver under a name and its schemes.
   *
   * @throws `invalid_config` if the name or a scheme is malformed or already registered, or if the
   * driver has no `open`.
   */
  register(name: string, driver: Driver): void {
    const schemes = checkEntry(name, driver)
    const registries = [this, ...this.#rivals]
    if (registries.some((each) => each.find(name) !== undefined)) {
      throw new HarborageError('invalid_config', `a driver named "${name}" is already registered`)
    }
    const taken = schemes.find((scheme) =>
      registries.some((each) => each.findByScheme(scheme) !== undefined),
    )
    if (taken !== undefined) {
      throw new HarborageError('invalid_config', `the DSN scheme "${taken}:" is already registered`)
    }
    this.#drivers.set(name, driver)
    for (const scheme of schemes) this.#byScheme.set(scheme, driver)
  }

  /** Returns the driver that is registered under the name, or `undefined`. */
  find(name: string): Driver | undefined {
    return this.#drivers.get(name)
  }

  /** Returns the driver of a scheme, which has to be in lower case, as `schemeOf` returns it. */
  findByScheme(scheme: string): Driver | undefined {
    return this.#byScheme.get(scheme)
  }

  /** Returns whether a registry of the other kind has a driver of this name or scheme. */
  isOfRival(name: string | undefined, scheme: string | undefined): boolean {
    return this.#rivals.some(
      (rival) =>
        (name !== undefined && rival.find(name) !== undefined) ||
        (scheme !== undefined && rival.findByScheme(scheme) !== undefined),
    )
  }

  /** Returns the names of all drivers, sorted. */
  names(): string[] {
    return [...this.#drivers.keys()].sort()
  }
}

/**
 * Checks the arguments of `register`, which JavaScript may call too, and returns the schemes in
 * lower case.
 */
function checkEntry(name: unknown, driver: unknown): readonly string[] {
  if (typeof name !== 'string' || name === '') {
    throw new HarborageError(
      'invalid_config',
      'a driver has no name: register it under a non-empty string',
    )
  }
  if (typeof driver !== 'object' || driver === null) {
    throw new HarborageError(
      'invalid_config',
      `the driver "${name}" is ${describeType(driver)}: pass an object { schemes, open }`,
    )
  }
  if (!('open' in driver) || typeof driver.open !== 'function') {
    throw new HarborageError(
      'invalid_config',
      `the driver "${name}" has no function open: it could not be opened`,
    )
  }
  if (!('schemes' in driver) || !Array.isArray(driver.schemes)) {
    throw new HarborageError(
      'invalid_config',
      `the driver "${name}" has no schemes: pass an array of them, which may be empty`,
    )
  }
  return driver.schemes.map((scheme: unknown) => checkScheme(name, scheme))
}

function checkScheme(name: string, scheme: unknown): string {
  const found = typeof scheme === 'string' ? schemeOf(`${scheme}:`) : undefined
  if (typeof scheme === 'string' && found === scheme.toLowerCase()) return found
  throw new HarborageError(
    'invalid_config',
    `the driver "${name}" has a scheme that no DSN can have: use a letter and then letters, digits, "+", "." or "-", without the colon`,
  )
}

/**
 * Returns the scheme of a DSN in lower case, or `undefined` for a path. A single letter is a
 * Windows drive.
 */
export function schemeOf(dsn: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(dsn)?.[1]?.toLowerCase()
}
