import { types } from 'node:util'
import { HarborageError, isHarborageError, type ErrorCode } from '../harborage-error.ts'
import { isAbortSignal } from './abort-signal.ts'
import { nearestName } from './nearest-name.ts'
import { isObjectOf, isOfEveryObject } from './object-of-names.ts'

/**
 * The largest size of a name in UTF-8 bytes: of an identity part, a namespace or an artifact id.
 */
export const MAX_NAME_BYTES = 256

/**
 * The largest size of a kind in UTF-8 bytes. An index of Postgres takes entries of 2,704 bytes: the
 * four identity parts and the kind of a slot are 2,048.
 */
export const MAX_KIND_BYTES = 1024

/** The largest size of an event id in UTF-8 bytes. */
export const MAX_EVENT_ID_BYTES = 128

const MAX_BYTES_PER_CODE_UNIT = 3

/**
 * Checks a name and returns it. Names are compared by their bytes, so every database has to store
 * them unchanged: SQLite and Postgres store a lone surrogate as U+FFFD, so two names would become
 * one, and Postgres rejects NUL.
 *
 * @param field The name of the argument in the error message.
 * @param value The argument, which may be anything.
 * @param code The code of the error if the name is malformed.
 * @param maxBytes The largest size in UTF-8 bytes. Default: 256.
 */
export function checkName(
  field: string,
  value: unknown,
  code: ErrorCode,
  maxBytes: number = MAX_NAME_BYTES,
): string {
  let fault: string
  if (typeof value !== 'string') fault = `is ${describeType(value)}, not a string`
  else if (value.length * MAX_BYTES_PER_CODE_UNIT > maxBytes && Buffer.byteLength(value) > maxBytes)
    fault = 'is too long'
  else if (!value.isWellFormed()) fault = 'holds a lone surrogate'
  else if (value.includes('\0')) fault = 'holds a NUL character'
  else return value
  throw new HarborageError(
    code,
    `${field} ${fault}: pass well-formed Unicode of at most ${maxBytes} UTF-8 bytes without NUL`,
  )
}

/** The length up to which no name has more than {@link MAX_NAME_BYTES}. */
const SHORT_LENGTH = Math.floor(MAX_NAME_BYTES / MAX_BYTES_PER_CODE_UNIT)

/** Returns whether a value is a sound name, not empty, whose bytes need not be counted. */
export function isShortName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= SHORT_LENGTH &&
    value.isWellFormed() &&
    !value.includes('\0')
  )
}

/** Checks a name that must not be empty, and returns it. See {@link checkName}. */
export function checkRequiredName(
  field: string,
  value: unknown,
  code: ErrorCode,
  maxBytes: number = MAX_NAME_BYTES,
): string {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError(code, `${field} is missing or empty: pass a non-empty string`)
  }
  return checkName(field, value, code, maxBytes)
}

/** Returns the type of a value for a message, and never the value, which may be a secret. */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  return isArray(value) ? 'an array' : 'an object'
}

/** Returns whether an object is an array. `Array.isArray` throws for a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/**
 * Returns a copy of the bytes of an argument, which later changes of the array do not affect.
 *
 * @param field The name of the argument in error messages.
 * @param tooLarge Returns the error for more than `maxBytes` bytes. Larger arguments are not
 * copied.
 * @throws `invalid_record` if it is not a readable Uint8Array.
 */
export function captureBytes(
  field: string,
  bytes: unknown,
  maxBytes: number,
  tooLarge: () => Error,
): Uint8Array {
  if (!types.isUint8Array(bytes)) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(bytes)}: pass a Uint8Array`,
    )
  }
  // Checked before and after copying: the `byteLength` of a subclass may be wrong.
  if (bytes.byteLength > maxBytes) throw tooLarge()
  const copy = copyOf(field, bytes)
  if (copy.byteLength > maxBytes) throw tooLarge()
  return copy
}

function copyOf(field: string, bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(bytes)
  } catch (cause) {
    throw new HarborageError(
      'invalid_record',
      `${field} cannot be read: its buffer was transferred or resized, pass a Uint8Array on a buffer of your own`,
      { cause },
    )
  }
}

/**
 * Returns a copy of a date, or `undefined` if the value is not a valid date. It ignores a `getTime`
 * of a subclass, which may return a time that could be stored but not read.
 */
export function captureDate(value: unknown): Date | undefined {
  if (!types.isDate(value)) return undefined
  const time = Date.prototype.getTime.call(value)
  return Number.isNaN(time) ? undefined : new Date(time)
}

/**
 * Returns a copy of a date, or the current time if there is none.
 *
 * @param field What the error calls it.
 * @throws `invalid_record` if it is no valid `Date`.
 */
export function checkDateOrNow(field: string, date: unknown): Date {
  if (date === undefined) return new Date()
  const copy = captureDate(date)
  if (copy !== undefined) return copy
  throw new HarborageError(
    'invalid_record',
    `${field} is ${describeType(date)} or an invalid Date: pass a Date or leave it out`,
  )
}

/**
 * All known names of all arguments. Messages contain no other name of a caller: it may be content.
 */
const vocabulary = new Set<string>()

/**
 * The allowed property names of an argument. Without this check a misspelled option would be
 * ignored, and so would a precondition under the wrong name.
 */
export class KnownNames {
  readonly #argument: string
  readonly #names: ReadonlySet<string>
  readonly #code: ErrorCode
  readonly #advice: string

  /**
   * @param argument The name of the argument in error messages.
   * @param names The property names that it may have.
   * @param code The code of the error. Default: `invalid_record`.
   * @param advice What the message says at its end. Default: nothing.
   */
  constructor(
    argument: string,
    names: readonly string[],
    code: ErrorCode = 'invalid_record',
    advice = '',
  ) {
    this.#argument = argument
    this.#names = new Set(names)
    this.#code = code
    this.#advice = advice
    for (const name of names) vocabulary.add(name)
  }

  /**
   * Checks that an argument has no other names, including inherited ones, and is an object that may
   * have them: no promise, Map or array, whose options would all be left out. It must not have a
   * known name from `Object.prototype` either, to which an attack on a merge function may have
   * added it: `ifEventId` there would be the condition of every call.
   *
   * @throws An error with the code of the constructor. It suggests the most similar known name and
   * lists all of them.
   */
  check(given: object): void {
    this.checkUnknown(given)
    for (const name of this.#names) {
      if (name in Object.prototype && isOfEveryObject(given, name))
        throw this.#refuseInherited(name)
    }
  }

  /**
   * Checks the same, except for names from `Object.prototype`, which {@link readProperty} ignores.
   *
   * @throws An error as {@link KnownNames.check} does.
   */
  checkUnknown(given: object): void {
    for (const name in given) {
      if (!this.#names.has(name) && !isOfEveryObject(given, name)) throw this.#refuse(name)
    }
    if (Object.getPrototypeOf(given) !== Object.prototype && !isObjectOf(this.#names, given)) {
      throw this.#refuseObject(given)
    }
  }

  #refuseObject(given: unknown): Error {
    const what = types.isPromise(given) ? 'a promise: await it, and' : 'not such an object:'
    const known = [...this.#names].join(', ')
    return new HarborageError(
      this.#code,
      `${this.#argument} is ${what} pass an object with some of ${known}`,
    )
  }

  #refuseInherited(name: string): Error {
    return new HarborageError(
      this.#code,
      `${this.#argument} has no ${name}, but something added one to Object.prototype: remove it there`,
    )
  }

  #refuse(name: string): Error {
    const known = [...this.#names]
    return new HarborageError(
      this.#code,
      `${this.#argument} ${faultOf(name, known)}: it takes ${known.join(', ')}${this.#advice}`,
    )
  }
}

function faultOf(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  if (nearest !== undefined) return `has the unknown name ${name} instead of ${nearest}`
  if (vocabulary.has(name)) return `has the name ${name}, which does not belong there`
  return 'has a name that this call does not know'
}

const callOptionNames = new KnownNames('options', ['signal'])

/**
 * Checks the options of a call and returns its signal.
 *
 * @param names The allowed names of the options. Default: `signal` alone.
 * @throws `invalid_record` if the signal is not an AbortSignal, or if an option is unknown.
 */
export function checkSignal(
  options: { readonly signal?: AbortSignal } | undefined,
  names: KnownNames = callOptionNames,
): AbortSignal | undefined {
  if (options === undefined || options === null) return undefined
  checkOptionNames(options, names)
  const signal: unknown = options.signal
  if (signal === undefined || isAbortSignal(signal)) return signal
  throw new HarborageError(
    'invalid_record',
    `options.signal is ${describeType(signal)}: pass an AbortSignal or leave it out`,
  )
}

/**
 * Checks the options of a call that cannot be canceled.
 *
 * @throws `invalid_record` if they are no object, or one is unknown.
 */
export function checkOptionNames(options: object | undefined, names: KnownNames): void {
  if (options === undefined || options === null) return
  checkOptions(options)
  names.check(options)
}

/** Rejects a bare AbortSignal passed as `options`; it would be ignored. */
function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || isAbortSignal(options)) {
    throw new HarborageError(
      'invalid_record',
      'options is not an object of options: pass { signal } or leave it out',
    )
  }
}

/**
 * Runs the checks of a call's arguments and returns their result. An argument may be a proxy or
 * have a getter that throws.
 *
 * @throws `invalid_record` with the error of the argument as its cause; the errors of the check.
 */
export function readArguments<Checked>(check: () => Checked): Checked {
  try {
    return check()
  } catch (error) {
    throw asRefusal(error)
  }
}

/** Returns the error of an argument check as a HarborageError. */
export function asRefusal(error: unknown): HarborageError {
  if (isHarborageError(error)) return error
  return new HarborageError('invalid_record', 'an argument cannot be read: pass plain values', {
    cause: error,
  })
}
