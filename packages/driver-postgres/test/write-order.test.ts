import { HarborageError } from '@harborage/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WriteOrder } from '../src/internal/write-order.ts'

const TIMEOUT_MS = 1_000

beforeEach(() => vi.useFakeTimers())

afterEach(() => vi.useRealTimers())

/** A write that is in flight until the test ends it. */
class Write {
  readonly ended: Promise<string>
  isBegun = false
  readonly #end = Promise.withResolvers<string>()

  constructor(
    queue: WriteOrder,
    keys: readonly string[],
    bytes = 0,
    sharedKeys: readonly string[] = [],
  ) {
    this.ended = queue
      .run({ keys: () => keys, sharedKeys: () => sharedKeys, bytes }, () => {
        this.isBegun = true
        return this.#end.promise
      })
      .catch((error: unknown) => String(error))
  }

  async end(): Promise<void> {
    this.#end.resolve('written')
    await vi.advanceTimersByTimeAsync(0)
  }

  async fail(): Promise<void> {
    this.#end.reject(new HarborageError('outcome_unknown', 'lost'))
    await vi.advanceTimersByTimeAsync(0)
  }
}

test('writes with a common key run one at a time, in order, and others at once', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const all = [['a'], ['b'], ['a', 'c'], ['c'], ['b', 'c'], ['d']].map(
    (keys) => new Write(queue, keys),
  )
  const begun = (): number[] => all.flatMap(({ isBegun }, index) => (isBegun ? [index] : []))
  expect(begun()).toEqual([0, 1, 5])
  await all[1]?.end()
  expect(begun()).toEqual([0, 1, 5])
  await all[0]?.end()
  expect(begun()).toEqual([0, 1, 2, 5])
  await all[2]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 5])
  await all[3]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 4, 5])
})

test('writes that share a key run at once, between those that write it', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const sharing = (key: string) => new Write(queue, [key], 0, ['a'])
  const all = [
    sharing('b'),
    sharing('c'),
    new Write(queue, ['a']),
    sharing('d'),
    sharing('e'),
    new Write(queue, ['a', 'd']),
    new Write(queue, [], 0, ['a', 'f']),
  ]
  const begun = (): number[] => all.flatMap(({ isBegun }, index) => (isBegun ? [index] : []))
  expect(begun()).toEqual([0, 1])
  await all[1]?.end()
  expect(begun()).toEqual([0, 1])
  await all[0]?.end()
  expect(begun()).toEqual([0, 1, 2])
  await all[2]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 4])
  await all[3]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 4])
  await all[4]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 4, 5])
  await all[5]?.end()
  expect(begun()).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('a write may share a key that it also writes', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const first = new Write(queue, ['a'], 0, ['a'])
  const second = new Write(queue, ['a'], 0, ['a'])
  expect([first.isBegun, second.isBegun]).toEqual([true, false])
  await first.end()
  expect(second.isBegun).toBe(true)
})

test('the keys of a single write are not computed', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const keys = vi.fn(() => ['a'])
  for (let round = 0; round < 3; round += 1) {
    await queue.run({ keys, bytes: 0 }, () => Promise.resolve('written'))
  }
  expect(keys).not.toHaveBeenCalled()
})

test('writes behind an unanswered one fail with it if they have waited for the limit', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const first = new Write(queue, ['a'])
  const early = [new Write(queue, ['a']), new Write(queue, ['a'])]
  await vi.advanceTimersByTimeAsync(600)
  const late = new Write(queue, ['a'])
  await vi.advanceTimersByTimeAsync(400)
  await first.fail()
  for (const { ended, isBegun } of early) {
    expect(await ended).toContain('call again')
    expect(isBegun).toBe(false)
  }
  expect(late.isBegun).toBe(true)
  await late.end()
  expect(await late.ended).toBe('written')
})

test('a rejected write waits for those with its other keys, and releases them in order', async () => {
  const queue = new WriteOrder(1, TIMEOUT_MS)
  const [first, other] = [new Write(queue, ['a']), new Write(queue, ['b'])]
  const both = new Write(queue, ['a', 'b'])
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS)
  const last = new Write(queue, ['b'])
  await first.fail()
  expect([both.isBegun, last.isBegun]).toEqual([false, false])
  await other.end()
  expect(await both.ended).toContain('call again')
  expect([both.isBegun, last.isBegun]).toEqual([false, true])
})

test('the bytes of waiting and running writes are bounded, but a single write is not', async () => {
  const queue = new WriteOrder(100, TIMEOUT_MS)
  const beyond = new Write(queue, ['a'], 1_000)
  const empty = new Write(queue, ['a'], 0)
  expect(() => new Write(queue, ['b'], 1)).toThrow('maxWaitingBytes')
  await beyond.end()
  await empty.end()
  const [half, rest] = [new Write(queue, ['a'], 50), new Write(queue, ['a'], 50)]
  expect(() => new Write(queue, ['b'], 1)).toThrow('maxWaitingBytes')
  await half.end()
  const again = new Write(queue, ['b'], 50)
  await Promise.all([rest.end(), again.end()])
  expect(await again.ended).toBe('written')
})
