import { tenantOwner, type CallOptions } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { nextMillisecond } from '../support/next-millisecond.ts'
import { ann, openStore } from '../support/open-store.ts'
import { openFor, places } from '../support/places.ts'
import { recordedOperations } from '../support/recorded-operations.ts'

describe.each(places)('a store on $name', (place) => {
  test('returns what was put, with its name and its dates', async () => {
    const store = await openStore(place)
    const before = Date.now()
    await store.put(['users', 'ann'], 'profile', { color: 'green', tags: ['tea', { hot: true }] })
    const item = await store.get(['users', 'ann'], 'profile')
    const createdAt = item?.createdAt
    expect(item).toEqual({
      namespace: ['users', 'ann'],
      key: 'profile',
      value: { color: 'green', tags: ['tea', { hot: true }] },
      createdAt,
      updatedAt: createdAt,
    })
    expect(createdAt?.getTime()).toBeGreaterThanOrEqual(before)
    expect(createdAt?.getTime()).toBeLessThanOrEqual(Date.now())
  })

  test('has no item under another key, above it, below it or beside it', async () => {
    const store = await openStore(place)
    await store.put(['a', 'b'], 'k', { n: 1 })
    expect(await store.get(['a', 'b'], 'K')).toBeNull()
    expect(await store.get(['a'], 'k')).toBeNull()
    expect(await store.get(['a', 'b', 'c'], 'k')).toBeNull()
    expect(await store.get(['a', 'bb'], 'k')).toBeNull()
  })

  test('keeps createdAt when an item is put again, and moves updatedAt', async () => {
    const store = await openStore(place)
    await store.put(['a'], 'k', { n: 1 })
    const first = await store.get(['a'], 'k')
    await nextMillisecond()
    await store.put(['a'], 'k', { n: 2 })
    const second = await store.get(['a'], 'k')
    expect(second?.value).toEqual({ n: 2 })
    expect(second?.createdAt).toEqual(first?.createdAt)
    expect(second?.updatedAt.getTime()).toBeGreaterThan(first?.updatedAt.getTime() ?? Infinity)
  })

  test('begins anew with an item that was deleted', async () => {
    const store = await openStore(place)
    await store.put(['a'], 'k', { n: 1 })
    const first = await store.get(['a'], 'k')
    await store.delete(['a'], 'k')
    expect(await store.get(['a'], 'k')).toBeNull()
    expect(await store.search(['a'])).toEqual([])
    expect(await store.listNamespaces()).toEqual([])
    await nextMillisecond()
    await store.put(['a'], 'k', { n: 1 })
    const again = await store.get(['a'], 'k')
    expect(again?.createdAt.getTime()).toBeGreaterThan(first?.createdAt.getTime() ?? Infinity)
  })

  test('deletes what is not there', async () => {
    const store = await openStore(place)
    await expect(store.delete(['a'], 'k')).resolves.toBeUndefined()
  })

  test('returns copies, and keeps none of what it was given', async () => {
    const store = await openStore(place)
    const value = { list: [1] }
    const putting = store.put(['a'], 'k', value)
    value.list.push(2)
    await putting
    const item = await store.get(['a'], 'k')
    Object.assign(item?.value ?? {}, { list: [] })
    item?.namespace.push('b')
    const [found] = await store.search(['a'])
    expect(found).toMatchObject({ namespace: ['a'], value: { list: [1] } })
  })

  test('is searched by the labels of a namespace, and never by a part of one', async () => {
    const store = await openStore(place)
    const namespaces = [['a'], ['a', 'b'], ['ab'], ['a-'], ['a', 'b', 'c'], ['b', 'a'], ['A']]
    for (const namespace of namespaces) await store.put(namespace, 'k', {})
    const found = async (prefix: string[]) =>
      (await store.search(prefix)).map(({ namespace }) => namespace.join()).toSorted()
    expect(await found(['a'])).toEqual(['a', 'a,b', 'a,b,c'])
    expect(await found(['a', 'b'])).toEqual(['a,b', 'a,b,c'])
    expect(await found(['%'])).toEqual([])
    expect(await found([])).toEqual(namespaces.map(String).toSorted())
  })

  test('returns 10 items of a search unless it is asked for another number', async () => {
    const store = await openStore(place)
    for (let n = 0; n < 12; n += 1) await store.put(['a'], `${n}`, { n })
    expect(await store.search(['a'])).toHaveLength(10)
    expect(await store.search(['a'], { limit: 12 })).toHaveLength(12)
    expect(await store.search(['a'], { limit: 0 })).toEqual([])
    expect(await store.search(['a'], { offset: 11 })).toHaveLength(1)
    expect(await store.search(['a'], { offset: 12 })).toEqual([])
    expect(await store.search(['a'], { limit: Infinity })).toHaveLength(12)
  })

  test.each([
    ['oldest-first', ['z', 'a', 'm']],
    ['newest-first', ['m', 'a', 'z']],
  ] as const)('orders a search %s by when items were put first', async (searchOrder, expected) => {
    const store = new HarborageStore({ state: await place.open(), owner: ann, searchOrder })
    for (const key of ['z', 'a', 'm']) {
      await store.put(['a', key], key, {})
      await nextMillisecond()
    }
    await store.put(['a', 'z'], 'z', { again: true })
    expect((await store.search(['a'])).map(({ key }) => key)).toEqual(expected)
    const [second] = await store.search(['a'], { limit: 1, offset: 1 })
    expect(second?.key).toBe('a')
  })

  test('has pages without gaps and without repetitions, also of items of one moment', async () => {
    const store = await openStore(place)
    const keys = Array.from({ length: 57 }, (_, n) => `${n}`.padStart(2, '0'))
    await store.batch(keys.map((key) => ({ namespace: ['a'], key, value: { odd: +key % 2 } })))
    const paged = async (filter?: Record<string, unknown>) => {
      const found: string[] = []
      for (let offset = 0; ; offset += 5) {
        const page = await store.search(['a'], { limit: 5, offset, ...(filter && { filter }) })
        found.push(...page.map(({ key }) => key))
        if (page.length < 5) return found
      }
    }
    expect(await paged()).toEqual(keys)
    expect(await paged({ odd: 1 })).toEqual(keys.filter((key) => +key % 2 === 1))
  })

  test('keeps the items of users and tenants apart', async () => {
    const state = await place.open()
    const acme = tenantOwner({ tenantId: 'acme' })
    const bob = { tenantId: 'acme', userId: 'bob' }
    const foreign = { tenantId: 'other', userId: 'ann' }
    const stores = [ann, acme, bob, foreign].map((owner) => new HarborageStore({ state, owner }))
    for (const [n, store] of stores.entries()) await store.put(['a'], 'k', { n })
    for (const [n, store] of stores.entries()) {
      expect((await store.search([])).map(({ value }) => value)).toEqual([{ n }])
      expect((await store.get(['a'], 'k'))?.value).toEqual({ n })
    }
  })
})

describe('an owner that a function returns', () => {
  test('is asked for once in each call, at its beginning', async () => {
    const state = await openFor('memory:')
    const asked: string[] = []
    let userId = 'ann'
    const store = new HarborageStore({
      state,
      owner: () => {
        asked.push(userId)
        return { tenantId: 'acme', userId }
      },
    })
    const putting = store.put(['a'], 'k', { of: 'ann' })
    userId = 'bob'
    await putting
    expect(await store.get(['a'], 'k')).toBeNull()
    userId = 'ann'
    expect((await store.search([]))[0]?.value).toEqual({ of: 'ann' })
    expect(asked).toEqual(['ann', 'bob', 'ann'])
  })

  test('is refused if there is none, before anything is read', async () => {
    const state = await openFor('memory:')
    let isSignedIn = true
    const store = new HarborageStore({
      state,
      owner: () => ({ tenantId: 'acme', userId: isSignedIn ? 'ann' : '' }),
    })
    await store.put(['a'], 'k', {})
    isSignedIn = false
    const ran = await recordedOperations(async () => {
      for (const call of [...callsOf(store), () => store.batch([])]) {
        expect((await failureOf(call)).code).toBe('identity_required')
      }
    })
    expect(ran).toEqual([])
  })
})

test('a store that is closed refuses every call', async () => {
  const state = await openStateStore()
  const store = new HarborageStore({ state, owner: ann })
  await state.close()
  for (const call of callsOf(store)) {
    expect((await failureOf(call)).code).toBe('store_closed')
  }
})

test('a call whose signal is aborted rejects with its reason', async () => {
  const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
  const signal = AbortSignal.abort(new Error('the user left'))
  for (const call of callsOf(store, { signal })) {
    await expect(call).rejects.toThrow('the user left')
  }
  expect(await store.get(['a'], 'k')).toBeNull()
})

/** Returns a call of each method. */
function callsOf(
  store: HarborageStore,
  options: CallOptions = {},
): readonly (() => Promise<unknown>)[] {
  return [
    () => store.get(['a'], 'k', options),
    () => store.put(['a'], 'k', {}, undefined, options),
    () => store.delete(['a'], 'k', options),
    () => store.search([], options),
    () => store.listNamespaces(options),
    () => store.batch([{ namespace: ['a'], key: 'k', value: {} }], options),
  ]
}
