import { types } from 'node:util'
import { HarborageError } from '@harborage/core'

/** The name under which bytes are kept, in base64. */
const BYTES = '$bytes'
/** The names of objects that would be taken for bytes. Each `$` more says that one was added. */
const ESCAPED = /^\$+bytes$/

/** A value that JSON has. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/**
 * Returns a value as JSON in which bytes are kept, too. A property that is `undefined` is left out,
 * and an object with `toJSON` is what that returns.
 *
 * @throws `invalid_record` if the value holds something that JSON would change or leave out, such
 * as a Map, a function, NaN or a cycle.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(plain(value, new Set()))
}

/** Returns the value of which {@link encodeJson} made a text. Throws if it is no JSON. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => revived(value))
}

function plain(value: unknown, within: Set<object>): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'object') return nested(value, within)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw unsupported()
}

function nested(value: object, within: Set<object>): Json {
  if (within.has(value)) throw unsupported()
  if (types.isUint8Array(value)) return { [BYTES]: Buffer.from(value).toString('base64') }
  within.add(value)
  try {
    if (Array.isArray(value)) return Array.from<unknown, Json>(value, (each) => plain(each, within))
    const toJson: unknown = Reflect.get(value, 'toJSON')
    if (typeof toJson === 'function') return plain(toJson.call(value), within)
    return plainObject(value, within)
  } finally {
    within.delete(value)
  }
}

function plainObject(value: object, within: Set<object>): Json {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw unsupported()
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  const [only] = entries
  const isEscaped = entries.length === 1 && only !== undefined && ESCAPED.test(only[0])
  return Object.fromEntries(
    entries.map(([name, each]) => [isEscaped ? `$${name}` : name, plain(each, within)]),
  )
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value)
  const [only] = entries
  if (entries.length !== 1 || only === undefined || !ESCAPED.test(only[0])) return value
  const [name, content] = only
  if (name !== BYTES) return { [name.slice(1)]: content }
  return typeof content === 'string' ? Uint8Array.from(Buffer.from(content, 'base64')) : value
}

function unsupported(): HarborageError {
  return new HarborageError(
    'invalid_record',
    'an item holds something that JSON cannot represent, such as a Map, a function, NaN or a cycle: pass items of plain objects, arrays, texts, finite numbers, booleans, null and Uint8Array',
  )
}
