import { constants } from 'node:buffer'
import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'
import { StrictJsonWriter } from './strict-json-writer.ts'

/** A JSON value. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** A JSON object. */
export type JsonObject = { readonly [name: string]: JsonValue }

/**
 * Returns a value as JSON, and rejects everything that `JSON.stringify` would silently drop or
 * change: functions, `undefined`, NaN, dates, getters, and names that are symbols or not
 * enumerable. It rejects BigInt and cycles as well. Only -0 becomes 0.
 *
 * @param field The name of the value in error messages.
 * @param maxBytes The largest size in bytes of JSON. A larger value is rejected before all of it is
 * read. Default: the longest possible string.
 * @throws `invalid_record`. The message gives the place by array indexes, and contains no names or
 * values.
 */
export function strictJson(
  field: string,
  value: unknown,
  maxBytes: number = constants.MAX_STRING_LENGTH,
): string {
  return new StrictJsonWriter(field, maxBytes).write(value)
}

/**
 * Returns an object as JSON of at most `maxBytes` bytes, as strictly as {@link strictJson}.
 *
 * @throws `invalid_record` if the value is not an object, too large or not JSON.
 */
export function strictJsonObject(field: string, value: unknown, maxBytes: number): string {
  if (!isJsonObject(value)) {
    throw new HarborageError('invalid_record', `${field} is ${describeType(value)}: pass an object`)
  }
  return strictJson(field, value, maxBytes)
}

/**
 * Parses what {@link strictJsonObject} returned. A `__proto__` in it is a name like any other.
 *
 * @throws `invalid_record` if the text is JSON, but not an object.
 */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text)
  if (isJsonObject(value)) return value
  throw new HarborageError('invalid_record', 'what is stored is not a JSON object')
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
