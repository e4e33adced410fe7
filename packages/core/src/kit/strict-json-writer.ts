import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'
import { isRawJson } from './raw-json.ts'

/**
 * The deepest nesting of objects and arrays. A deeper value is a mistake or an attack on the stack.
 */
const MAX_DEPTH = 100

/**
 * Writes a value as JSON in one pass. It reads each part once, so it writes exactly what it
 * checked. It stops at `maxBytes`, even if the value repeats its parts exponentially.
 */
export class StrictJsonWriter {
  readonly #field: string
  readonly #maxBytes: number
  #text = ''
  #bytes = 0
  readonly #parents: object[] = []
  /**
   * The path to the current part: array indexes, and `undefined` for names, which messages must not
   * contain.
   */
  readonly #path: (number | undefined)[] = []

  constructor(field: string, maxBytes: number) {
    this.#field = field
    this.#maxBytes = maxBytes
  }

  write(value: unknown): string {
    this.#writeValue(value)
    return this.#text
  }

  #writeValue(value: unknown): void {
    if (typeof value === 'string') {
      // A string has at least as many bytes as code units, so a huge one is not even copied.
      if (value.length > this.#maxBytes) throw this.#tooLong()
      this.#add(JSON.stringify(value))
    } else if (value === null || typeof value === 'boolean' || isFiniteNumber(value)) {
      // -0 becomes 0, as in JSON.stringify.
      this.#add(JSON.stringify(value))
    } else if (typeof value === 'object') {
      this.#writeInner(value)
    } else {
      throw this.#refuse(value)
    }
  }

  #writeInner(value: object): void {
    if (this.#parents.includes(value))
      throw new HarborageError('invalid_record', `${this.#here()} contains itself`)
    if (this.#parents.length === MAX_DEPTH) {
      throw new HarborageError(
        'invalid_record',
        `${this.#here()} is nested more than ${MAX_DEPTH} levels deep`,
      )
    }
    this.#parents.push(value)
    if (Array.isArray(value)) this.#writeArray(value)
    else this.#writeObject(value)
    this.#parents.pop()
  }

  #writeArray(array: readonly unknown[]): void {
    const { length } = array
    // An array may have its elements and its length, but no other names.
    if (Reflect.ownKeys(array).length !== length + 1 || 'toJSON' in array) throw this.#refuse(array)
    this.#add('[')
    for (let index = 0; index < length; index += 1) {
      if (index > 0) this.#add(',')
      this.#writePart(array, String(index), index)
    }
    this.#add(']')
  }

  #writeObject(object: object): void {
    if (!isPlain(object)) throw this.#refuse(object)
    this.#add('{')
    for (const [index, name] of Reflect.ownKeys(object).entries()) {
      if (typeof name === 'symbol') {
        throw new HarborageError(
          'invalid_record',
          `${this.#here()} has a symbol for a name, which is not JSON: name it with a string`,
        )
      }
      if (name.length > this.#maxBytes) throw this.#tooLong()
      this.#add(`${index > 0 ? ',' : ''}${JSON.stringify(name)}:`)
      this.#writePart(object, name, undefined)
    }
    this.#add('}')
  }

  #writePart(whole: object, name: string, index: number | undefined): void {
    this.#path.push(index)
    const property = Reflect.getOwnPropertyDescriptor(whole, name)
    if (property === undefined) throw this.#refuse(undefined)
    if (property.enumerable !== true || !('value' in property)) {
      throw new HarborageError(
        'invalid_record',
        `${this.#here()} is hidden or has a getter, which is not JSON: pass plain values`,
      )
    }
    this.#writeValue(property.value)
    this.#path.pop()
  }

  #add(piece: string): void {
    this.#bytes += Buffer.byteLength(piece)
    if (this.#bytes > this.#maxBytes) throw this.#tooLong()
    this.#text += piece
  }

  #tooLong(): HarborageError {
    return new HarborageError(
      'invalid_record',
      `${this.#field} is longer than ${this.#maxBytes} bytes of JSON`,
    )
  }

  #refuse(value: unknown): HarborageError {
    return new HarborageError(
      'invalid_record',
      `${this.#here()} is ${describeType(value)}, which is not JSON: pass strings, finite numbers, booleans, null, arrays and plain objects`,
    )
  }

  /** Returns the place of the current part, such as `source.*[3]`. */
  #here(): string {
    const steps = this.#path.map((index) => (index === undefined ? '.*' : `[${index}]`))
    return `${this.#field}${steps.join('')}`
  }
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/**
 * Returns whether an object is neither an instance of a class nor raw JSON, and inherits no
 * `toJSON`.
 */
function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value)
  if (prototype === null) return !isRawJson(value)
  // Object.prototype of any realm is the only prototype without a prototype.
  return Reflect.getPrototypeOf(prototype) === null && !('toJSON' in prototype)
}
