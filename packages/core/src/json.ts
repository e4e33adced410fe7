import { InvalidRecordError } from './errors/errors.ts'
import { describeType } from './named-text.ts'

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

/** How deep objects and arrays may be nested: deeper ones are a mistake or an attack on the stack. */
const MAX_DEPTH = 100

/**
 * Writes a value as JSON, strictly: whatever `JSON.stringify` would drop or change without a word is refused (functions,
 * `undefined`, NaN, BigInt, dates, cycles).
 *
 * @throws `invalid_record`, naming the place.
 */
export function strictJson(field: string, value: unknown): string {
  checkValue(field, value, [])
  return JSON.stringify(value)
}

/**
 * As {@link strictJson}, for an object of at most `maxBytes` bytes of JSON.
 *
 * @throws `invalid_record`, naming the place.
 */
export function strictJsonObject(field: string, value: unknown, maxBytes: number): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidRecordError(`${field} is ${describeType(value)}: pass an object`)
  }
  const text = strictJson(field, value)
  if (Buffer.byteLength(text) > maxBytes) {
    throw new InvalidRecordError(`${field} is longer than ${maxBytes} bytes of JSON`)
  }
  return text
}

/** Reads what {@link strictJsonObject} wrote. A `__proto__` in it is a name like any other. */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text)
  if (isJsonObject(value)) return value
  throw new InvalidRecordError('what is stored is not a JSON object')
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkValue(place: string, value: unknown, parents: readonly object[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object') throw refuse(place, value)
  if (parents.includes(value)) throw new InvalidRecordError(`${place} contains itself`)
  if (parents.length === MAX_DEPTH) {
    throw new InvalidRecordError(`${place} is nested more than ${MAX_DEPTH} levels deep`)
  }
  const below = [...parents, value]
  if (Array.isArray(value)) {
    if (!isPlainArray(value)) throw refuse(place, value)
    value.forEach((item, index) => checkValue(`${place}[${index}]`, item, below))
    return
  }
  if (!isPlain(value)) throw refuse(place, value)
  for (const [name, item] of Object.entries(value)) checkValue(`${place}.${name}`, item, below)
}

/** Neither an instance of a class nor an object that says itself how it is written. */
function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value)
  // Object.prototype of any realm: the one prototype that has none.
  const isOfObject = prototype === null || Reflect.getPrototypeOf(prototype) === null
  return isOfObject && !('toJSON' in value && typeof value.toJSON === 'function')
}

/** Neither a list with holes or names of its own nor one that says itself how it is written. */
function isPlainArray(value: readonly unknown[]): boolean {
  return Object.keys(value).length === value.length && !('toJSON' in value)
}

function refuse(place: string, value: unknown): InvalidRecordError {
  return new InvalidRecordError(
    `${place} is ${describeType(value)}, which is not JSON: pass strings, finite numbers, booleans, null, arrays and plain objects`,
  )
}
