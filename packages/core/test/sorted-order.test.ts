import { SortedOrder } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

/** An order of numbers that counts how often it is asked for the id of one. */
function counting(): { order: SortedOrder<number>; asked: () => number } {
  let asked = 0
  const order = new SortedOrder<number>({
    compare: (left, right) => left - right,
    idOf: (item) => {
      asked += 1
      return String(item)
    },
  })
  return { order, asked: () => asked }
}

const all = (): boolean => true

describe('a sorted order', () => {
  test('gives what came and has not gone, in order, also what came back', () => {
    const { order } = counting()
    for (const item of [3, 1, 2]) order.add(item)
    order.remove(2)
    expect([...order.from(all)]).toEqual([1, 3])
    order.add(2)
    order.add(0)
    expect([...order.from((item) => item >= 1)]).toEqual([1, 2, 3])
    order.remove(1)
    order.remove(1)
    expect([...order.from(all)]).toEqual([0, 2, 3])
  })

  test('goes on with a walk while items before and behind it go', () => {
    const { order } = counting()
    for (let item = 0; item < 5_000; item += 1) order.add(item)
    const walked: number[] = []
    for (let after = -1; ;) {
      const [next] = order.from((item) => item > after)
      if (next === undefined) break
      walked.push(next)
      order.remove(next)
      order.remove(next + 1)
      after = next
    }
    expect(walked).toEqual(Array.from({ length: 2_500 }, (_, index) => index * 2))
    expect([...order.from(all)]).toEqual([])
  })

  test('asks for no more ids with each page while all items are removed', () => {
    const { order, asked } = counting()
    const count = 10_000
    for (let item = 0; item < count; item += 1) order.add(item)
    for (let item = 0; item < count; item += 1) {
      expect(order.from(all)[Symbol.iterator]().next().value).toBe(item)
      order.remove(item)
    }
    expect(asked()).toBeLessThan(4 * count)
  })
})
