import { fillPage } from '@harborage/core/sql'
import { expect, test } from 'vitest'

interface Row {
  readonly place: number
  readonly size: number
  readonly content: string | null
}

interface WholeRow extends Row {
  readonly content: string
}

/** Reads pages of rows of these sizes, and logs the requests. */
function readerOf(sizes: readonly number[]) {
  const asked: { readonly limit: number; readonly contents: number }[] = []
  const readSizes = async (last: Row | undefined, limit: number): Promise<number[]> => {
    asked.push({ limit, contents: 0 })
    const from = last === undefined ? 0 : last.place + 1
    return sizes.slice(from, from + limit)
  }
  const read = async (last: Row | undefined, limit: number, inline: number): Promise<Row[]> => {
    const from = last === undefined ? 0 : last.place + 1
    const rows = sizes.slice(from, from + limit).map((size, index) => ({
      place: from + index,
      size,
      content: size <= inline ? 'x'.repeat(size) : null,
    }))
    asked.push({ limit, contents: rows.reduce((sum, row) => sum + (row.content?.length ?? 0), 0) })
    return rows
  }
  return {
    asked,
    reader: {
      read,
      readSizes,
      isWhole: (row: Row): row is WholeRow => row.content !== null,
      bytesOf: (row: Row) => row.size,
    },
  }
}

function expected(sizes: readonly number[], limit: number, maxBytes: number): number[] {
  let held = 0
  const last = sizes.findIndex((size) => (held += size) >= maxBytes)
  return sizes.slice(0, Math.min(limit, last === -1 ? sizes.length : last + 1))
}

test('a page of small rows, full or the last one, takes one statement', async () => {
  for (const count of [0, 1, 9, 10, 30]) {
    const { asked, reader } = readerOf(Array.from({ length: count }, () => 10))
    const page = await fillPage({ limit: 10, maxBytes: 100 }, reader)
    expect(page).toHaveLength(Math.min(count, 10))
    expect(asked).toHaveLength(1)
  }
})

test('a page of large rows takes three, and reads no more than fits', async () => {
  for (const sizes of [Array.from({ length: 30 }, () => 99), [1, 99, 1, 1], [1, 1, 50], [500]]) {
    const { asked, reader } = readerOf(sizes)
    const page = await fillPage({ limit: 10, maxBytes: 100 }, reader)
    expect(page.map(({ size }) => size)).toEqual(expected(sizes, 10, 100))
    expect(asked.length).toBeLessThanOrEqual(3)
    for (const { contents } of asked) expect(contents).toBeLessThan(100 + Math.max(...sizes))
  }
})

test('stops at the row with which it reaches the bytes, for any sizes', async () => {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let run = 0; run < 3_000; run += 1) {
    const sizes = Array.from({ length: random(12) }, () => random([3, 30, 300][random(3)] ?? 3))
    const limit = 1 + random(12)
    const maxBytes = 1 + random(200)
    const { asked, reader } = readerOf(sizes)
    const page = await fillPage({ limit, maxBytes }, reader)
    expect(page.map(({ size }) => size)).toEqual(expected(sizes, limit, maxBytes))
    expect(asked.length).toBeLessThanOrEqual(3)
  }
})

test('goes on with the rows that it finds if rows grow, shrink or disappear between its statements', async () => {
  for (const [statement, change, expectedSizes] of [
    [2, (sizes: number[]) => void (sizes[0] = 300), [300]],
    [3, (sizes: number[]) => void (sizes[0] = 300), [300]],
    [3, (sizes: number[]) => void (sizes[0] = 1), [1, 200]],
    [3, (sizes: number[]) => void sizes.shift(), [200]],
    [3, (sizes: number[]) => void sizes.splice(0), []],
    [2, (sizes: number[]) => void sizes.splice(0), []],
    [2, (sizes: number[]) => void sizes.splice(0, 2), [10, 10]],
    [3, (sizes: number[]) => void sizes.splice(0, 2), [10, 10]],
  ] as const) {
    const sizes = [200, 200, 10, 10]
    const { reader } = readerOf(sizes)
    let statements = 0
    const counted = <Result>(result: () => Result): Result => {
      statements += 1
      if (statements === statement) change(sizes)
      return result()
    }
    const page = await fillPage(
      { limit: 10, maxBytes: 100 },
      {
        ...reader,
        read: (...place) => counted(() => reader.read(...place)),
        readSizes: (...place) => counted(() => reader.readSizes(...place)),
      },
    )
    expect(page.map(({ size }) => size)).toEqual(expectedSizes)
  }
})
