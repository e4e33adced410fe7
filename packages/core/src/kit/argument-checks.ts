import { types } from 'node:util'
import { HarborageError, type ErrorCode } from '../harborage-error.ts'
import { isAbortSignal } from './abort-signal.ts'
import { nearestName } from './nearest-name.ts'

/** The most UTF-8 bytes that a text which names something (identity part, kind, namespace, artifact id) may have. */
export const MAX_NAME_BYTES = 256

/** The most UTF-8 bytes that an event id may have. */
export const MAX_EVENT_ID_BYTES = 128

const MAX_BYTES_PER_CODE_UNIT = 3

/**
 * Checks a text that names something and returns it; fails with the given code, naming the field, if it is malformed.
 *
 * Names are compared by their bytes, so they have to survive every database unchanged: SQLite and Postgres both
 * store any lone surrogate as U+FFFD, which would make two names one, and Postgres refuses NUL.
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

/** As {@link checkName}, for a text that may not be empty either. */
export function checkRequiredName(field: string, value: unknown, code: ErrorCode): string {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError(code, `${field} is missing or empty: pass a non-empty string`)
  }
  return checkName(field, value, code)
}

/** Names the type of a value for a message; never the value, which may be a secret. */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  return isArray(value) ? 'an array' : 'an object'
}

/** `Array.isArray` throws for a revoked proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/**
 * Copies the bytes of an argument, so that later changes of the array change nothing that is stored.
 *
 * @param tooLarge Makes the error for more bytes than `maxBytes`; it is asked before anything is copied.
 * @throws `invalid_record` if it is not a Uint8Array that can be read.
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
  // Asked before the copy is made, and of the copy: a subclass may say anything about its length.
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
 * Copies a date; `undefined` if it is none, or not a valid one. It asks the date itself: a subclass may say anything about
 * its time, and what is not a time could be stored but not be read.
 */
export function captureDate(value: unknown): Date | undefined {
  if (!types.isDate(value)) return undefined
  const time = Date.prototype.getTime.call(value)
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** Every name of every argument: no message tells a name that a caller made up, which may be content. */
const vocabulary = new Set<string>()

/**
 * The names that an argument may have. An option under a misspelled name, or one that belongs to another argument, would
 * be ignored: a guard that guards nothing.
 */
export class KnownNames {
  readonly #argument: string
  readonly #names: ReadonlySet<string>
  readonly #code: ErrorCode

  /**
   * @param argument What the argument is called in messages.
   * @param code The code of the error. Default: `invalid_record`.
   */
  constructor(argument: string, names: readonly string[], code: ErrorCode = 'invalid_record') {
    this.#argument = argument
    this.#names = new Set(names)
    this.#code = code
    for (const name of names) vocabulary.add(name)
  }

  /**
   * Refuses an argument that has another name, inherited ones included.
   *
   * @throws The error of the given code. It suggests the known name that is nearest, and lists all of them.
   */
  check(given: object): void {
    for (const name in given) {
      if (!this.#names.has(name) && !isOfEveryObject(given, name)) throw this.#refuse(name)
    }
  }

  #refuse(name: string): Error {
    const known = [...this.#names]
    return new HarborageError(
      this.#code,
      `${this.#argument} ${faultOf(name, known)}: it takes ${known.join(', ')}`,
    )
  }
}

function faultOf(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  if (nearest !== undefined) return `has the unknown name ${name} instead of ${nearest}`
  if (vocabulary.has(name)) return `has the name ${name}, which does not belong there`
  return 'has a name that this call does not know'
}

/** Whether some library has put the name on the prototype of all objects. */
function isOfEveryObject(given: object, name: string): boolean {
  return name in Object.prototype && !Object.hasOwn(given, name)
}

const callOptionNames = new KnownNames('options', ['signal'])

/**
 * Checks the signal of a call, and that its options have no other names than the given ones.
 *
 * @param names What the options of the call may be called. Default: `signal` alone.
 * @throws `invalid_record` if it is not an AbortSignal, or if there is another name.
 */
export function checkSignal(
  options: { readonly signal?: AbortSignal } | undefined,
  names: KnownNames = callOptionNames,
): AbortSignal | undefined {
  if (options === undefined || options === null) return undefined
  checkOptions(options)
  names.check(options)
  const signal: unknown = options.signal
  if (signal === undefined || isAbortSignal(signal)) return signal
  throw new HarborageError(
    'invalid_record',
    `options.signal is ${describeType(signal)}: pass an AbortSignal or leave it out`,
  )
}

/** Refuses what is passed in place of the options: a signal by itself would never be heard. */
function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || isAbortSignal(options)) {
    throw new HarborageError(
      'invalid_record',
      'options is not an object of options: pass { signal } or leave it out',
    )
  }
}
