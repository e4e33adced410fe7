import type { GetOperation, PutOperation } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

import { nextMillisecond } from '../support/next-millisecond.ts'
import { openStore } from '../support/open-store.ts'
import { memory, places } from '../support/places.ts'
import { recordedOperations } from '../support/recorded-operations.ts'

function puts(count: number): PutOperation[] {
  return gets(count).map((name, n) => ({ ...name, value: { n } }))
}

function gets(count: number): GetOperation[] {
  return Array.from({ length: count }, (_, n) => ({ namespace: ['many', `${n % 7}`], key: `${n}` }))
}

describe.each(places)('a batch on $name', (place) => {
  test('is answered in the order of its operations', async () => {
    const store = await openStore(place)
    await store.put(['a'], 'one', { n: 1 })
    await store.put(['a', 'b'], 'two', { n: 2 })
    // A search returns items of one moment by their names.
    await nextMillisecond()
    const answers: readonly unknown[] = await store.batch([
      { namespace: ['a', 'b'], key: 'two' },
      { namespace: ['a'], key: 'three', value: { n: 3 } },
      { namespacePrefix: ['a'], filter: { n: { $gt: 1 } } },
      { namespace: ['a'], key: 'none' },
      { namespace: ['a'], key: 'one', value: null },
      { matchConditions: [{ matchType: 'prefix', path: ['a'] }], limit: 9, offset: 0 },
      { namespace: ['a'], key: 'one' },
    ])
    expect(answers).toEqual([
      expect.objectContaining({ key: 'two', value: { n: 2 } }),
      undefined,
      [expect.objectContaining({ namespace: ['a', 'b'], key: 'two' })],
      null,
      undefined,
      [['a'], ['a', 'b']],
      expect.objectContaining({ key: 'one', value: { n: 1 } }),
    ])
    expect((await store.search([])).map(({ key }) => key)).toEqual(['two', 'three'])
  })

  test('reads what was there before it, and applies the last put or delete of an item', async () => {
    const store = await openStore(place)
    await store.put(['a'], 'k', { n: 0 })
    const answers: readonly unknown[] = await store.batch([
      { namespace: ['a'], key: 'k' },
      { namespace: ['a'], key: 'k', value: { n: 1 } },
      { namespace: ['a'], key: 'k', value: null },
      { namespace: ['a'], key: 'k', value: { n: 2 } },
      { namespace: ['a'], key: 'k' },
    ])
    const before: unknown = expect.objectContaining({ value: { n: 0 } })
    expect(answers).toEqual([before, undefined, undefined, undefined, before])
    expect((await store.get(['a'], 'k'))?.value).toEqual({ n: 2 })
    await store.batch([
      { namespace: ['a'], key: 'k', value: { n: 3 } },
      { namespace: ['a'], key: 'k', value: null },
    ])
    expect(await store.get(['a'], 'k')).toBeNull()
  })

  test('may be larger than a commit, and is the same when it is repeated', async () => {
    const store = await openStore(place)
    for (let round = 0; round < 2; round += 1) {
      await store.batch(puts(2300))
      expect(await store.search(['many'], { limit: 1, offset: 2299 })).toHaveLength(1)
      expect(await store.search(['many'], { offset: 2300 })).toEqual([])
    }
    const items = await store.batch(gets(2300))
    expect(items.map((item) => item?.value)).toEqual(puts(2300).map(({ value }) => value))
    await store.batch(gets(2300).map((name) => ({ ...name, value: null })))
    expect(await store.search([])).toEqual([])
  })

  test('applies nothing if one of its operations is refused', async () => {
    const store = await openStore(place)
    const batch: PutOperation[] = [
      { namespace: ['a'], key: 'good', value: {} },
      { namespace: ['a'], key: 'bad', value: { n: 1n } },
    ]
    const failure = await failureOf(store.batch(batch))
    expect(failure.code).toBe('invalid_record')
    expect(failure.entry).toEqual({ list: 'operations', index: 1 })
    expect(await store.search([])).toEqual([])
  })
})

describe('the calls of a state store that a batch makes', () => {
  test('are one read for all gets, and one commit for all puts and deletes', async () => {
    const store = await openStore(memory)
    await store.batch(puts(500))
    const deletions = gets(450)
      .slice(400)
      .map((name) => ({ ...name, value: null }))
    const batch = [...puts(400), ...gets(500), ...deletions]
    expect(await recordedOperations(() => store.batch(batch))).toEqual(['loadMany', 'commit'])
  })

  test('are none for a batch of nothing', async () => {
    const store = await openStore(memory)
    expect(await recordedOperations(() => store.batch([]))).toEqual([])
  })

  test('are a list of keys and a read for a search', async () => {
    const store = await openStore(memory)
    await store.batch(puts(100))
    const search = () => store.search(['many'], { limit: 50, offset: 20 })
    expect(await recordedOperations(search)).toEqual(['listKeys', 'loadMany'])
    const filtered = () => store.search(['many'], { limit: 50, filter: { n: { $lt: 60 } } })
    expect(await recordedOperations(filtered)).toEqual(['listKeys', 'loadMany'])
  })
})

test('a batch reads more than one read may return, in several', async () => {
  const store = await openStore(memory)
  const text = 'x'.repeat(24 * 1024 * 1024)
  const keys = ['a', 'b', 'c', 'd']
  for (const key of keys) await store.put(['large'], key, { text })
  const items = await store.batch(keys.map((key) => ({ namespace: ['large'], key })))
  const sizes = items.map((item) => String(item?.value['text']).length)
  expect(sizes).toEqual(keys.map(() => text.length))
  expect(await store.search(['large'], { filter: { text: { $ne: '' } } })).toHaveLength(4)
})
