import { schemeOf } from './dsn-scheme.ts'
import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'

/** What a registry asks of its entries. */
export interface Registered {
  /** The DSN schemes that lead to it, without the colon. Upper and lower case are one. */
  readonly schemes: readonly string[]
  readonly open: (dsn: never, migrate: never) => Promise<unknown>
}

/** Whom a registry serves: all stores, by SQL, or one of them. */
export type RegistryKind = 'engine' | 'store'

/** Every registry: a name or scheme of an engine is none of a store's drivers, and the reverse. */
const registries: Readonly<Record<RegistryKind, DriverRegistry<Registered>[]>> = {
  engine: [],
  store: [],
}

/** Drivers by name and by DSN scheme. A name, and a scheme, is taken once. */
export class DriverRegistry<Driver extends Registered> {
  readonly #drivers = new Map<string, Driver>()
  readonly #byScheme = new Map<string, Driver>()
  /** The registries of the other kind: what either has, neither takes. */
  readonly #rivals: readonly DriverRegistry<Registered>[]

  constructor(kind: RegistryKind) {
    this.#rivals = registries[kind === 'engine' ? 'store' : 'engine']
    registries[kind].push(this)
  }

  /**
   * @throws `invalid_config` if the name or a scheme is malformed, or already taken; if the driver has no `open`.
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

  /** @param scheme In lower case, as `schemeOf` gives it. */
  findByScheme(scheme: string): Driver | undefined {
    return this.#byScheme.get(scheme)
  }

  /** Returns whether a rival has a driver under the name or the scheme; `find` does not see it. */
  isOfRival(name: string | undefined, scheme: string | undefined): boolean {
    return this.#rivals.some(
      (rival) =>
        (name !== undefined && rival.find(name) !== undefined) ||
        (scheme !== undefined && rival.findByScheme(scheme) !== undefined),
    )
  }

  /** The names, sorted. */
  names(): string[] {
    return [...this.#drivers.keys()].sort()
  }
}

/** Checks what is registered, and gives its schemes in lower case. Whoever registers may not be written in TypeScript. */
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
