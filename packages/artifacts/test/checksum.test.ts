import { randomBytes } from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { checksumOf } from '../src/internal/checksum.ts'

const MIB = 1024 * 1024

describe('the checksum of content', () => {
  test.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
  ])('%o has the XXH64 %s', async (text, expected) => {
    expect(await checksumOf(new TextEncoder().encode(text))).toBe(expected)
  })

  test('is the same at once and in turns', async () => {
    const content = new Uint8Array(MIB + 1)
    const inTurns = checksumOf(content)
    const other = new Uint8Array(randomBytes(3 * MIB + 5))
    expect(await Promise.all([checksumOf(other), checksumOf(content)])).toEqual([
      await checksumOf(other),
      await inTurns,
    ])
    const zeros = new Uint8Array(MIB)
    expect(checksumOf(zeros)).toBe('87d2a1b6e1163ef1')
  })

  test('is the same for a view into a larger buffer, and leaves the content alone', async () => {
    const content = new Uint8Array(randomBytes(1_000))
    const before = new Uint8Array(content)
    const view = content.subarray(3, 900)
    expect(await checksumOf(view)).toBe(await checksumOf(new Uint8Array(view)))
    expect(content).toEqual(before)
  })

  test('of large contents at once does not mix them up', async () => {
    const contents = Array.from({ length: 8 }, () => new Uint8Array(randomBytes(3 * MIB + 5)))
    const alone: unknown[] = []
    for (const content of contents) alone.push(await checksumOf(content))
    const running = contents.map(async (content) => checksumOf(content))
    await checksumOf(new Uint8Array(randomBytes(100)))
    expect(await Promise.all(running)).toEqual(alone)
    expect(new Set(alone).size).toBe(contents.length)
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
