import { HarborageError } from '../harborage-error.ts'

/** A requested driver that is not registered. */
export interface WantedDriver {
  /** The name that the caller passed, if any. */
  readonly name?: string | undefined
  /** The scheme of the DSN in lower case, if any. */
  readonly scheme?: string | undefined
  /** The names of the registered drivers, sorted. */
  readonly registered: readonly string[]
  /** Whether another store has a driver of this name or scheme. */
  readonly isOfAnotherStore: boolean
}

/** The packages of the engines, by name and scheme. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['sqlite', '@harborage/driver-sqlite'],
  ['file', '@harborage/driver-sqlite'],
  ['postgres', '@harborage/driver-postgres'],
  ['postgresql', '@harborage/driver-postgres'],
])

const SECOND_COPY =
  'If it is imported, look for a second copy of @harborage/core, which has drivers of its own: npm ls @harborage/core'

/**
 * Returns the error for a driver that is not registered. It lists the registered ones and says what
 * to do.
 */
export function unknownDriver(wanted: WantedDriver): HarborageError {
  const { registered } = wanted
  const names = registered.length === 0 ? 'none' : registered.join(', ')
  return new HarborageError(
    'unknown_driver',
    `no driver is registered for ${describe(wanted)} (registered: ${names}). ${adviceOn(wanted)}`,
  )
}

function describe({ name, scheme }: WantedDriver): string {
  if (name === undefined) {
    return scheme === undefined ? 'a DSN without a scheme' : `the DSN scheme "${scheme}:"`
  }
  // A DSN that is passed as the driver's name may hold a password.
  return /^[\w-]{1,40}$/.test(name) ? `the name "${name}"` : 'the given name'
}

function adviceOn({ name, scheme, registered, isOfAnotherStore }: WantedDriver): string {
  const wanted = name ?? scheme
  const inMemory = registered.includes('memory') ? '"memory:"' : '"sqlite::memory:"'
  if (wanted === undefined) {
    return `Begin it with a scheme: write ${inMemory} or "sqlite:./agent.db", or name the driver`
  }
  const elsewhere = `"sqlite:./agent.db" with '@harborage/driver-sqlite', "postgres://…" with '@harborage/driver-postgres', or ${inMemory}`
  if (wanted === 'memory') return `It is not a database that stores can share. Use ${elsewhere}`
  if (isOfAnotherStore) {
    const why = wanted === 'fs' ? 'Files keep artifacts only' : 'It serves another store only'
    return `${why}. Use another driver here: ${elsewhere}`
  }
  if (wanted === 'fs') {
    return `Files keep artifacts only. For an artifact store, import '@harborage/driver-fs' first. ${SECOND_COPY}. For anything else use ${elsewhere}`
  }
  const known = PACKAGES.get(wanted)
  if (known !== undefined) return `Import '${known}' first. ${SECOND_COPY}`
  return `Import the package that registers it first, such as '@harborage/driver-sqlite', '@harborage/driver-postgres' or, for artifacts, '@harborage/driver-fs'. ${SECOND_COPY}`
}
