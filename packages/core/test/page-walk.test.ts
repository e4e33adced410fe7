import { walkPages } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'

/** Returns numbers from 1 up, in pages, with a log of the requested pages. */
function pages(count: number, size: number) {
  const asked: (number | undefined)[] = []
  const walk = walkPages({
    pageSize: size,
    async fetchPage(after: number | undefined) {
      asked.push(after)
      const first = (after ?? 0) + 1
      const length = Math.min(size, count - first + 1)
      return Array.from({ length }, (_, index) => first + index)
    },
    placeOf: (item) => item,
    bytesOf: () => 0,
  })
  return { asked, walk }
}

describe('a walk', () => {
  test.each([
    [0, 3, [undefined]],
    [2, 3, [undefined]],
    [3, 3, [undefined, 3]],
    [4, 3, [undefined, 3]],
    [6, 3, [undefined, 3, 6]],
    [3, 1, [undefined, 1, 2, 3]],
  ])('over %i items in pages of %i yields each once', async (count, size, expected) => {
    const { asked, walk } = pages(count, size)
    expect(await collect(walk)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(asked).toEqual(expected)
  })

  test.each([
    [0, []],
    [1, [1]],
    [3, [3]],
    [4, [3, 1]],
    [9, [3, 3, 3]],
    [10, [3, 3, 3, 1]],
    [12, [3, 3, 3, 3]],
  ])('of at most %i of 10 items asks for no more than that', async (total, expected) => {
    const limits: number[] = []
    const walk = walkPages({
      pageSize: 3,
      total,
      async fetchPage(after: number | undefined, limit) {
        limits.push(limit)
        const first = (after ?? 0) + 1
        const length = Math.min(limit, 10 - first + 1)
        return Array.from({ length }, (_, index) => first + index)
      },
      placeOf: (item) => item,
      bytesOf: () => 0,
    })
    const count = Math.min(total, 10)
    expect(await collect(walk)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(limits).toEqual(expected)
  })

  test('fetches nothing before the first step, and no page before the current one is used up', async () => {
    const { asked, walk } = pages(9, 3)
    expect(asked).toEqual([])
    for await (const item of walk) {
      if (item === 3) break
    }
    expect(asked).toEqual([undefined])
  })

  test('may be walked again, from the start', async () => {
    const { walk } = pages(4, 3)
    expect(await collect(walk)).toEqual(await collect(walk))
  })

  test('ends with the failure of a page', async () => {
    const walk = walkPages({
      pageSize: 1,
      async fetchPage(after: number | undefined) {
        if (after !== undefined) throw new Error('the second page')
        return [1]
      },
      placeOf: (item) => item,
      bytesOf: () => 0,
    })
    const seen: number[] = []
    await expect(async () => {
      for await (const item of walk) seen.push(item)
    }).rejects.toThrow('the second page')
    expect(seen).toEqual([1])
  })

  test.each([
    ['stops once they hold 10 bytes', 10],
    ['does not look at bytes', Number.POSITIVE_INFINITY],
  ])('yields each item of large pages once, if a page %s', async (_, stopsAt) => {
    for (let count = 0; count < 12; count += 1) {
      for (let size = 1; size < 14; size += 1) {
        const asked: (number | undefined)[] = []
        const walk = walkPages({
          pageSize: 3,
          maxBytes: 10,
          async fetchPage(after: number | undefined) {
            asked.push(after)
            const first = (after ?? 0) + 1
            const fitting = Math.max(1, Math.ceil(stopsAt / size))
            const length = Math.min(3, fitting, count - first + 1)
            return Array.from({ length }, (_each, index) => first + index)
          },
          placeOf: (item) => item,
          bytesOf: () => size,
        })
        expect(await collect(walk)).toEqual(Array.from({ length: count }, (_each, i) => i + 1))
        if (size === 1) expect(asked).toHaveLength(Math.floor(count / 3) + 1)
      }
    }
  })

  test('goes on by the items as they were fetched, even if the caller changes them', async () => {
    const items = [
      { id: 1, bytes: new Uint8Array(10) },
      { id: 2, bytes: new Uint8Array(10) },
    ]
    const walk = walkPages({
      pageSize: 3,
      maxBytes: 10,
      fetchPage: async (after: number | undefined) => items.slice(after ?? 0).slice(0, 1),
      placeOf: ({ id }) => id,
      bytesOf: ({ bytes }) => bytes.byteLength,
    })
    const seen: number[] = []
    for await (const item of walk) {
      seen.push(item.id)
      structuredClone(item.bytes, { transfer: [item.bytes.buffer] })
    }
    expect(seen).toEqual([1, 2])
  })

  test.each([
    ['grow up to 8 items while the items are small', 1, [2, 4, 8, 8, 8]],
    ['stay as they are if an item of a page is large', 20, [2, 2, 2, 2, 2]],
  ])('has pages that %s', async (_, size, expected) => {
    const limits: number[] = []
    const walk = walkPages({
      pageSize: 2,
      growsTo: 8,
      maxBytes: 64,
      async fetchPage(after: number | undefined, limit) {
        limits.push(limit)
        return Array.from({ length: Math.min(limit, 100) }, (_each, i) => (after ?? 0) + i + 1)
      },
      placeOf: (item) => item,
      bytesOf: () => size,
    })
    const seen: number[] = []
    for await (const item of walk) {
      seen.push(item)
      if (limits.length === expected.length) break
    }
    expect(limits).toEqual(expected)
    expect(seen).toEqual(seen.map((_each, i) => i + 1))
  })

  test('hands out its items in order to calls that overlap', async () => {
    const iterator = pages(5, 2).walk[Symbol.asyncIterator]()
    const results = await Promise.all(Array.from({ length: 7 }, () => iterator.next()))
    expect(results.map(({ value }): unknown => value)).toEqual([
      1,
      2,
      3,
      4,
      5,
      undefined,
      undefined,
    ])
    expect(results.map(({ done }) => done)).toEqual([false, false, false, false, false, true, true])
  })

  test('is over after it was left, and calls before that still get their items', async () => {
    const { asked, walk } = pages(9, 2)
    const iterator = walk[Symbol.asyncIterator]()
    const [first, left, next] = await Promise.all([
      iterator.next(),
      iterator.return?.(),
      iterator.next(),
    ])
    expect([first.value, left?.done, next.done]).toEqual([1, true, true])
    expect(asked).toEqual([undefined])
  })

  test('is over after an error was thrown into it', async () => {
    const iterator = pages(9, 2).walk[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.throw?.(new Error('of the caller'))).rejects.toThrow('of the caller')
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
  })

  test('is over after it failed', async () => {
    const walk = walkPages({
      pageSize: 1,
      fetchPage: async (): Promise<number[]> => Promise.reject(new Error('the first page')),
      placeOf: (item) => item,
      bytesOf: () => 0,
    })
    const iterator = walk[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toThrow('the first page')
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
  })
})
