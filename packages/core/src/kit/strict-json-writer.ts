import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'

/** How deep objects and arrays may be nested: deeper ones are a mistake or an attack on the stack. */
const MAX_DEPTH = 100

/**
 * Writes a value as JSON in one pass, reading each part of it once: what was checked is what is written. It stops as soon as
 * there is more than `maxBytes`, however often the value repeats its parts.
 */
export class StrictJsonWriter {
  readonly #field: string
  readonly #maxBytes: number
  #text = ''
  #bytes = 0
  readonly #parents: object[] = []
  /** The way to the part in hand: a place in an array, or `undefined` for a name, which is the caller's and not told. */
  readonly #way: (number | undefined)[] = []

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
      // A text has at least as many bytes as it has units: a huge one is not even copied.
      if (value.length > this.#maxBytes) throw this.#tooLong()
      this.#add(JSON.stringify(value))
    } else if (value === null || typeof value === 'boolean' || isFiniteNumber(value)) {
      // JSON.stringify writes -0 as 0, and so does this: no reader tells them apart.
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
    // Its places and its length, and no other name.
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
    this.#way.push(index)
    const property = Reflect.getOwnPropertyDescriptor(whole, name)
    if (property === undefined) throw this.#refuse(undefined)
    if (property.enumerable !== true || !('value' in property)) {
      throw new HarborageError(
        'invalid_record',
        `${this.#here()} is hidden or has a getter, which is not JSON: pass plain values`,
      )
    }
    this.#writeValue(property.value)
    this.#way.pop()
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

  /** Where the part in hand is, as in `source.*[3]`. */
  #here(): string {
    const steps = this.#way.map((index) => (index === undefined ? '.*' : `[${index}]`))
    return `${this.#field}${steps.join('')}`
  }
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Neither an instance of a class nor an object whose prototype says how it is written. */
function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value)
  if (prototype === null) return true
  // Object.prototype of any realm: the one prototype that has none.
  return Reflect.getPrototypeOf(prototype) === null && !('toJSON' in prototype)
}
