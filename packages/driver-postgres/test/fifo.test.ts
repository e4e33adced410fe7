import { expect, test } from 'vitest'
import { Fifo } from '../src/internal/fifo.ts'

test('items come out in order, for any sequence of additions and removals', () => {
  const queue = new Fifo<{ readonly number: number }>()
  let added = 0
  let taken = 0
  const take = (count: number): void => {
    for (let left = Math.min(count, queue.length); left > 0; left -= 1) {
      const next = queue.peek()
      if (next?.number !== taken || queue.shift() !== next) throw new Error(`not item ${taken}`)
      taken += 1
    }
  }
  for (const [adding, taking] of [
    [5, 3],
    [5_000, 2_000],
    [1, 3_003],
    [3_000, 2_999],
    [10, 100],
  ] as const) {
    for (let left = adding; left > 0; left -= 1) {
      queue.push({ number: added })
      added += 1
    }
    take(taking)
    expect(queue.length).toBe(added - taken)
    expect(queue.added).toBe(added)
  }
  expect(queue.shift()).toBeUndefined()
  expect(queue.peek()).toBeUndefined()
})
