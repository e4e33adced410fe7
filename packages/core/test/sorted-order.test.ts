import { SortedOrder } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

/** An order of numbers that counts the calls of `idOf`. */
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
  test('yields the items that were added and not removed, in order, also those that were added again', () => {
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

  test('yields them in reverse, from before the first that is too far', () => {
    const { order } = counting()
    for (const item of [3, 1, 2, 4]) order.add(item)
    order.remove(2)
    expect([...order.backFrom(() => false)]).toEqual([4, 3, 1])
    expect([...order.backFrom((item) => item >= 4)]).toEqual([3, 1])
    expect([...order.backFrom(all)]).toEqual([])
  })

  test('goes on with a walk while items before and after its place are removed', () => {
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

  test('reads a bounded number of ids per page while all items are removed', () => {
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
