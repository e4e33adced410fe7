import { types } from 'node:util'
import { HarborageError, isHarborageError } from '@harborage/core'
import { withoutSchemas } from './state-source.ts'

/** What the options are of, as messages name it. */
export type Subject = 'HarborageSaver' | 'HarborageStore'

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
      `the options are ${kindOf(given)}: pass { owner } with the owner of what the ${subject} keeps`,
    )
  }
  const unknown = unknownNameIn(given, names)
  if (unknown !== undefined)
    throw invalidOption(`${unknown}: a ${subject} takes ${names.join(', ')}`)
}

/**
 * Checks the state store that a constructor was given, or what opens one.
 *
 * @throws `invalid_config`
 */
export function checkState(given: unknown): void {
  if (typeof given === 'object' && given !== null && ('loadMany' in given || 'open' in given))
    return
  throw invalidOption(
    `state is ${kindOf(given)}, and no open state store: pass what openStateStore() resolved to`,
  )
}

/**
 * Checks a connection string, and whether its database can have a schema if one is named.
 *
 * @throws `invalid_config`
 */
export function checkDsn(given: unknown, schema: unknown): void {
  if (typeof given !== 'string' || given === '') {
    throw invalidOption(
      `the connection string is ${kindOf(given)}: pass a DSN, or the path of an SQLite file`,
    )
  }
  if (schema !== undefined && withoutSchemas(given)) {
    throw invalidOption('schema is an option for Postgres only: leave it out for this database')
  }
  if (/^postgres(?:ql)?:[^?]*\?(?:.*&)?(?:current_?)?schema=/i.test(given)) {
    throw invalidOption('the DSN names a schema: pass it as the option schema instead')
  }
}

/**
 * Returns the beginning of a message about a name that an object should not have, or `undefined` if
 * it has none. A name is quoted only if it looks like that of an option.
 */
export function unknownNameIn(given: object, names: readonly string[]): string | undefined {
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown === undefined) return undefined
  return /^[a-z][a-z_]{0,39}$/i.test(unknown)
    ? `there is no option ${unknown}`
    : 'there is an unknown option'
}

/** Returns what an argument is that should be something else, and never the argument itself. */
export function kindOf(given: unknown): string {
  if (given === undefined) return 'missing'
  if (given === null) return 'null'
  if (given === '') return 'empty'
  if (types.isPromise(given)) return 'a promise, which has to be awaited'
  return typeof given === 'object' && !types.isProxy(given) && Array.isArray(given)
    ? 'an array'
    : `of type ${typeof given}`
}

/** Returns the error about an option. */
export function invalidOption(message: string): HarborageError {
  return new HarborageError('invalid_config', message)
}

/**
 * Runs the checks of arguments, and returns their result. An argument may be a proxy, or have a
 * getter that throws.
 *
 * @throws `invalid_record` for an argument that cannot be read; the errors of the checks.
 */
export function readArguments<Checked>(check: () => Checked): Checked {
  try {
    return check()
  } catch (cause) {
    if (isHarborageError(cause)) throw cause
    throw new HarborageError('invalid_record', 'an argument cannot be read: pass plain values', {
      cause,
    })
  }
}
