import { HarborageError } from '@harborage/core'

/** What the options are of, as messages name it. */
export type Subject = 'saver' | 'store'

/**
 * Rejects options that are missing, and those that would be ignored: a misspelled fence would guard
 * nothing.
 *
 * @param names The names that the options may have.
 * @throws `identity_required` if there are none at all; `invalid_config`
 */
export function checkNames(given: unknown, names: readonly string[], subject: Subject): void {
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'identity_required',
      `the options are missing: pass { owner } with the owner of what the ${subject} keeps`,
    )
  }
  if (Object.keys(given).every((name) => names.includes(name))) return
  throw invalidOption(`there is an unknown option: the ${subject} takes ${names.join(', ')}`)
}

/**
 * Checks the state store that a constructor was given, or what opens one.
 *
 * @throws `invalid_config`
 */
export function checkState(given: unknown): void {
  if (typeof given === 'object' && given !== null && ('loadMany' in given || 'open' in given))
    return
  throw invalidOption('state is no open state store: pass what openStateStore() resolved to')
}

/**
 * Checks a connection string.
 *
 * @throws `invalid_config`
 */
export function checkDsn(given: unknown): void {
  if (typeof given === 'string' && given !== '') return
  throw invalidOption('the connection string is missing: pass a DSN, or the path of an SQLite file')
}

/** Returns the error about an option. */
export function invalidOption(message: string): HarborageError {
  return new HarborageError('invalid_config', message)
}
