import { z } from 'zod'
import { engines, type Database, type DatabaseOptions, type Engine } from './database.ts'
import { schemeOf } from './kit/driver-registry.ts'
import { HarborageError } from './harborage-error.ts'
import { describeType } from './kit/argument-checks.ts'
import { asDriverFailure } from './kit/driver-failure.ts'
import { unknownDriver } from './kit/unknown-driver.ts'
import { parseConfig } from './store-config.ts'

const databaseOptions = z.strictObject({ schema: z.string().min(1).exactOptional() })

/**
 * Opens a database that several stores can share. The scheme of the DSN selects the engine. To set
 * options of an engine, use its own function, such as `openPostgres`.
 *
 * @param dsn Where the data is, such as `sqlite:./agent.db` or `postgres://user@host/name`. The
 * package of the engine has to be imported first.
 *
 * @throws `invalid_config` if the DSN or an option is malformed, or the engine does not have the
 * option; `unknown_driver` if no engine is registered for the scheme; `store_unavailable` if the
 * database cannot be opened now; `driver_failed` if the engine throws anything but a
 * HarborageError.
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
export async function openDatabase(dsn: string, options: DatabaseOptions = {}): Promise<Database> {
  const given: unknown = dsn
  if (typeof given !== 'string') {
    throw new HarborageError('invalid_config', `dsn is ${describeType(given)}: pass a string`)
  }
  const checked = parseConfig(databaseOptions, options)
  const scheme = schemeOf(dsn)
  const engine = scheme === undefined ? undefined : engines.findByScheme(scheme)
  if (engine !== undefined) return openWith(engine, dsn, checked)
  throw unknownDriver({
    scheme,
    registered: engines.names(),
    isOfAnotherStore: engines.isOfRival(undefined, scheme),
  })
}

async function openWith(engine: Engine, dsn: string, options: DatabaseOptions): Promise<Database> {
  try {
    return await engine.open(dsn, options)
  } catch (error) {
    throw asDriverFailure(error)
  }
}
