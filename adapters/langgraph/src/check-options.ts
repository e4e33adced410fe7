import { checkOpenStore, describeArgument, invalidOption } from '@harborage/core/adapter'
import { withoutSchemas } from './state-source.ts'

/** What the options are of, as messages name it. */
export type Subject = 'HarborageSaver' | 'HarborageStore'

/**
 * Checks the state store that a constructor was given, or what opens one.
 *
 * @throws `invalid_config`
 */
export function checkState(given: unknown): void {
  if (typeof given === 'object' && given !== null && 'open' in given) return
  checkOpenStore('state', given, 'loadMany', 'openStateStore')
}

/**
 * Checks a connection string, and whether its database can have a schema if one is named.
 *
 * @throws `invalid_config`
 */
export function checkDsn(given: unknown, schema: unknown): void {
  if (typeof given !== 'string' || given === '') {
    throw invalidOption(
      `the connection string is ${describeArgument(given)}: pass a DSN, or the path of an SQLite file`,
    )
  }
  if (schema !== undefined && withoutSchemas(given)) {
    throw invalidOption('schema is an option for Postgres only: leave it out for this database')
  }
  if (/^postgres(?:ql)?:[^?]*\?(?:.*&)?(?:current_?)?schema=/i.test(given)) {
    throw invalidOption('the DSN names a schema: pass it as the option schema instead')
  }
}
