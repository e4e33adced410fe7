import { types } from 'node:util'
import { HarborageError } from '@harborage/core'
import { isError } from '@harborage/core/kit'

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
 * Rejects a value that JSON would silently change: a Map becomes `{}`, NaN becomes `null`, a
 * function disappears. An object with a `toJSON` method, such as a Date, is accepted, and so is a
 * property that is `undefined`, which JSON leaves out.
 *
 * @throws `invalid_record`. Its message names no property and no value, since both are payload.
 */
export function refuseLossy(kind: string, value: unknown): void {
  if (isLossy(value)) {
    throw new HarborageError(
      'invalid_record',
      `the value of ${kind} holds something that JSON cannot represent, such as a Map, a Set, bytes, a function or NaN: pass plain objects, arrays, strings, finite numbers, booleans and null`,
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
    isError(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value)
  )
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
