import { constants } from 'node:buffer'
import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'
import { StrictJsonWriter } from './strict-json-writer.ts'

/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: JsonValue }

/**
 * Writes a value as JSON, strictly: whatever `JSON.stringify` would drop or change without a word is refused (functions,
 * `undefined`, NaN, BigInt, dates, cycles, getters, names that are symbols or not enumerable). Only -0 becomes 0.
 *
 * @param maxBytes How many bytes of JSON it may be; what is more is refused before all of it is read. Default: as long as
 * a string can be.
 * @throws `invalid_record`, telling the place by the indexes on the way; names and values are not told.
 */
export function strictJson(
  field: string,
  value: unknown,
  maxBytes: number = constants.MAX_STRING_LENGTH,
): string {
  return new StrictJsonWriter(field, maxBytes).write(value)
}

/**
 * As {@link strictJson}, for an object of at most `maxBytes` bytes of JSON.
 *
 * @throws `invalid_record`, as {@link strictJson}.
 */
export function strictJsonObject(field: string, value: unknown, maxBytes: number): string {
  if (!isJsonObject(value)) {
    throw new HarborageError('invalid_record', `${field} is ${describeType(value)}: pass an object`)
  }
  return strictJson(field, value, maxBytes)
}

/** Reads what {@link strictJsonObject} wrote. A `__proto__` in it is a name like any other. */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text)
  if (isJsonObject(value)) return value
  throw new HarborageError('invalid_record', 'what is stored is not a JSON object')
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
