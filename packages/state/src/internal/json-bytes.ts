import { types } from 'node:util'
import { HarborageError } from '@harborage/core'
import { isError, isRawJson } from '@harborage/core/kit'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Encodes a value as JSON in UTF-8.
 *
 * @param kind The kind of the slot, for the error message.
 */
export function encodeJson(kind: string, value: unknown): Uint8Array {
  const text = stringify(kind, value)
  if (text === undefined) {
    throw new HarborageError(
      'invalid_record',
      `the value of ${kind} has no JSON form: pass an object, array, string, number, boolean or null`,
    )
  }
  return new TextEncoder().encode(text)
}

/** Decodes what {@link encodeJson} encoded. */
export function decodeJson(kind: string, bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return value
  } catch {
    // Without the cause: the parser's error quotes the text, which is payload.
    throw new HarborageError('invalid_record', `the stored value of ${kind} is not JSON in UTF-8`)
  }
}

/**
 * Rejects a value that JSON would silently change: a Map or a generator becomes `{}`, NaN becomes
 * `null`, a function disappears. An object with a `toJSON` method, such as a Date, is accepted, and
 * so is a property that is `undefined`, which JSON leaves out.
 *
 * @param hasFiniteNumbers Whether all numbers are finite once the JSON is read back. Raw JSON,
 * which a `toJSON` may return, can hold one that is read back as Infinity.
 * @throws `invalid_record`. Its message names no property and no value, since both are payload.
 */
export function refuseLossy(kind: string, value: unknown, hasFiniteNumbers: boolean): void {
  if (!hasFiniteNumbers || isLossy(value)) {
    throw new HarborageError(
      'invalid_record',
      `the value of ${kind} holds something that JSON cannot represent, such as a Map, a Set, bytes, a generator, a function or NaN: pass plain objects, arrays, strings, finite numbers, booleans and null`,
    )
  }
}

function isLossy(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  if (typeof value !== 'object') return typeof value !== 'string' && typeof value !== 'boolean'
  if (value === null || ('toJSON' in value && typeof value.toJSON === 'function')) return false
  if (Array.isArray(value)) return Array.from<unknown>(value).some(isLossy)
  if (hasHiddenContent(value)) return true
  return Object.values(value).some((part: unknown) => part !== undefined && isLossy(part))
}

/** Returns whether an object has content besides its properties, which JSON would lose. */
function hasHiddenContent(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isGeneratorObject(value) ||
    isError(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    (Reflect.getPrototypeOf(value) === null && isRawJson(value)) ||
    isOpaque(value)
  )
}

/** The tags of objects whose JSON has all of their content. */
const OPEN_TAGS: ReadonlySet<string> = new Set([
  '[object Object]',
  '[object Boolean]',
  '[object Number]',
  '[object String]',
])

/**
 * Returns whether an object without properties says that it is of some kind, as a WeakRef, an
 * iterator or an Intl formatter does: its content is not in properties.
 */
function isOpaque(value: object): boolean {
  if (OPEN_TAGS.has(Object.prototype.toString.call(value))) return false
  return Object.keys(value).length === 0
}

/** Returns whether all numbers in parsed JSON are finite. */
export function isFiniteThroughout(json: unknown): boolean {
  if (typeof json === 'number') return Number.isFinite(json)
  if (typeof json !== 'object' || json === null) return true
  return Object.values(json).every(isFiniteThroughout)
}

function stringify(kind: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new HarborageError('invalid_record', `the value of ${kind} cannot be written as JSON`, {
      cause,
    })
  }
}
