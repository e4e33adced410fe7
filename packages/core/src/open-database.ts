import { engines, type Database } from './database.ts'
import { schemeOf } from './kit/dsn-scheme.ts'
import { HarborageError } from './harborage-error.ts'
import { describeType } from './kit/argument-checks.ts'
import { unknownDriver } from './kit/unknown-driver.ts'

/**
 * Opens a database by its DSN, for several stores to share, whichever engine the DSN names. For options of an engine use
 * its own function, such as `openPostgres`.
 *
 * @throws `invalid_config` if it is not a string; `unknown_driver` if no engine is registered for the scheme of the DSN; what the engine answers.
 *
 * @example
 * ```ts
 * import { openDatabase } from '@harborage/core'
 * import '@harborage/driver-sqlite'
 * import { openStateStore } from '@harborage/state'
 *
 * await using database = await openDatabase('sqlite::memory:')
 * await using state = await openStateStore({ database })
 * ```
 */
export async function openDatabase(dsn: string): Promise<Database> {
  const given: unknown = dsn
  if (typeof given !== 'string') {
    throw new HarborageError('invalid_config', `dsn is ${describeType(given)}: pass a string`)
  }
  const scheme = schemeOf(dsn)
  const engine = scheme === undefined ? undefined : engines.findByScheme(scheme)
  if (engine !== undefined) return engine.open(dsn)
  throw unknownDriver({
    scheme,
    registered: engines.names(),
    isOfAnotherStore: engines.isOfRival(undefined, scheme),
  })
}
