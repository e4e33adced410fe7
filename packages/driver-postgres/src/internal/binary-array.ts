import { types } from 'node:util'

const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const BIGINT_BYTES = 8
const TWO_TO_32 = 2 ** 32
/** The OIDs of the element types, which are the same on every server. */
const BYTEA = 17
const BIGINT = 20
const TEXT = 25
const MAX_BYTES_PER_CODE_UNIT = 3

/**
 * Returns strings, integers or bytes as `text[]`, `bigint[]` or `bytea[]` in the binary format of
 * Postgres. In the text format that pg would use, every element is escaped here and parsed by the
 * server, and bytes take twice the space.
 *
 * Source: the functions array_send, textsend, int8send and byteasend of Postgres.
 */
export function binaryArray(items: readonly unknown[]): Buffer {
  if (items.every(isText)) return textArray(items)
  return items.every(isBytes) ? byteaArray(items) : bigintArray(items)
}

function textArray(items: readonly string[]): Buffer {
  let most = HEADER_BYTES
  for (const item of items) most += LENGTH_BYTES + item.length * MAX_BYTES_PER_CODE_UNIT
  const array = Buffer.allocUnsafe(most)
  let end = writeHeader(array, TEXT, items.length)
  for (const item of items) {
    const length = array.write(item, end + LENGTH_BYTES)
    end = array.writeInt32BE(length, end) + length
  }
  return array.subarray(0, end)
}

function byteaArray(items: readonly Uint8Array[]): Buffer {
  let bytes = HEADER_BYTES
  for (const item of items) bytes += LENGTH_BYTES + item.length
  const array = Buffer.allocUnsafe(bytes)
  let end = writeHeader(array, BYTEA, items.length)
  for (const item of items) {
    end = array.writeInt32BE(item.length, end)
    array.set(item, end)
    end += item.length
  }
  return array
}

function bigintArray(items: readonly unknown[]): Buffer {
  const array = Buffer.allocUnsafe(HEADER_BYTES + items.length * (LENGTH_BYTES + BIGINT_BYTES))
  let end = writeHeader(array, BIGINT, items.length)
  for (const item of items) {
    if (typeof item !== 'number')
      throw new TypeError('an array has to hold only texts, only integers or only bytes')
    end = array.writeInt32BE(BIGINT_BYTES, end)
    // Without a BigInt per item, which would be garbage.
    const high = Math.floor(item / TWO_TO_32)
    end = array.writeInt32BE(high, end)
    end = array.writeUInt32BE(item - high * TWO_TO_32, end)
  }
  return array
}

/** Writes the header of an array with one dimension from index 1 and no NULLs. Returns its end. */
function writeHeader(array: Buffer, elementType: number, items: number): number {
  let end = array.writeInt32BE(1)
  end = array.writeInt32BE(0, end)
  end = array.writeInt32BE(elementType, end)
  end = array.writeInt32BE(items, end)
  return array.writeInt32BE(1, end)
}

function isText(item: unknown): item is string {
  return typeof item === 'string'
}

function isBytes(item: unknown): item is Uint8Array {
  return types.isUint8Array(item)
}
