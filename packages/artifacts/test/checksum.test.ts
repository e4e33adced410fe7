import { randomBytes } from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { checksumOf } from '../src/internal/checksum.ts'

const MIB = 1024 * 1024

/** The definition of the checksum: the sum of the words, and the sum of the sums. */
function defined(bytes: Uint8Array): string {
  const filled = Buffer.alloc(Math.ceil(bytes.byteLength / 16) * 16)
  filled.set(bytes)
  let sum = 0n
  let sumOfSums = 0n
  for (let at = 0; at < filled.byteLength; at += 4) {
    sum = BigInt.asUintN(64, sum + BigInt(filled.readUInt32LE(at)))
    sumOfSums = BigInt.asUintN(64, sumOfSums + sum)
  }
  return [sum, sumOfSums].map((each) => each.toString(16).padStart(16, '0')).join('')
}

describe('the checksum of content', () => {
  test.each([
    ...[0, 1, 3, 4, 15, 16, 17, 31, 1_000],
    ...[64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_003],
    ...[MIB, MIB + 1, 2 * MIB + 17],
  ])('of %i bytes is the one that is defined', async (size) => {
    const random = new Uint8Array(randomBytes(size))
    expect(await checksumOf(random)).toBe(defined(random))
    const largest = new Uint8Array(size).fill(255)
    expect(await checksumOf(largest)).toBe(defined(largest))
  })

  test('is the same for a view into a larger buffer, and leaves the content alone', async () => {
    const content = new Uint8Array(randomBytes(1_000))
    const view = content.subarray(3, 900)
    expect(await checksumOf(view)).toBe(defined(new Uint8Array(view)))
    expect(await checksumOf(content)).toBe(defined(content))
  })

  test('of large contents at once does not mix them up', async () => {
    const contents = Array.from({ length: 8 }, () => new Uint8Array(randomBytes(3 * MIB + 5)))
    const small = new Uint8Array(randomBytes(100))
    const running = contents.map(async (content) => checksumOf(content))
    expect(await checksumOf(small)).toBe(defined(small))
    expect(await Promise.all(running)).toEqual(contents.map(defined))
  })

  test('differs for each flipped bit, and for two words that are exchanged', async () => {
    const content = new Uint8Array(randomBytes(64))
    const before = await checksumOf(content)
    for (let bit = 0; bit < content.byteLength * 8; bit += 1) {
      const flipped = new Uint8Array(content)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await checksumOf(flipped)).not.toBe(before)
    }
    const exchanged = new Uint8Array(content)
    exchanged.copyWithin(0, 16, 20)
    exchanged.set(content.subarray(0, 4), 16)
    expect(await checksumOf(exchanged)).not.toBe(before)
  })
})
