import { types } from 'node:util'
import { HarborageError } from '../harborage-error.ts'

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
 * @param subject What the value is, in messages, such as `an item`.
 * @throws `invalid_record` if the value holds something that JSON would change or leave out, such
 * as a Map, a function, NaN or a cycle.
 */
export function encodeJson(value: unknown, subject: string): string {
  return JSON.stringify(new PlainCopy(subject).of(value))
}

/** Returns the value of which {@link encodeJson} made a text. Throws if it is no JSON. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => revived(value))
}

/**
 * Returns the object of whose JSON the bytes are the UTF-8, or `undefined` if they are of none, so
 * that no error quotes them.
 */
export function decodeJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = decodeJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Makes a copy of a value that JSON represents. */
class PlainCopy {
  readonly #subject: string
  /** The objects that the value is within. */
  readonly #within = new Set<object>()

  constructor(subject: string) {
    this.#subject = subject
  }

  of(value: unknown): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'object') return this.#ofObject(value)
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw this.#unsupported()
  }

  #ofObject(value: object): Json {
    if (this.#within.has(value)) throw this.#unsupported()
    if (types.isUint8Array(value)) return { [BYTES]: Buffer.from(value).toString('base64') }
    this.#within.add(value)
    try {
      if (Array.isArray(value)) return Array.from<unknown, Json>(value, (each) => this.of(each))
      const toJson: unknown = Reflect.get(value, 'toJSON')
      if (typeof toJson === 'function') return this.of(toJson.call(value))
      return this.#ofPlain(value)
    } finally {
      this.#within.delete(value)
    }
  }

  #ofPlain(value: object): Json {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw this.#unsupported()
    const entries = Object.entries(value).filter(([, each]) => each !== undefined)
    const [only] = entries
    const isEscaped = entries.length === 1 && only !== undefined && ESCAPED.test(only[0])
    return Object.fromEntries(
      entries.map(([name, each]) => [isEscaped ? `$${name}` : name, this.of(each)]),
    )
  }

  #unsupported(): HarborageError {
    return new HarborageError(
      'invalid_record',
      `${this.#subject} holds something that JSON cannot represent, such as a Map, a function, NaN or a cycle: pass plain objects, arrays, texts, finite numbers, booleans, null and Uint8Array`,
    )
  }
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
