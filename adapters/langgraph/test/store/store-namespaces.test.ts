import { describe, expect, test } from 'vitest'

import { kindOf } from '../../src/store/item-kind.ts'
import { openStore } from '../support/open-store.ts'
import { memory, places } from '../support/places.ts'
import { recordedOperations } from '../support/recorded-operations.ts'

const tree = [
  ['admin', 'users', 'settings', '789'],
  ['users'],
  ['users', '123'],
  ['users', '123', 'settings', 'v1'],
  ['users', '456', 'settings', 'v1'],
  ['users', '456', 'settings', 'v2'],
  ['users2', '123'],
]

describe.each(places)('the namespaces on $name', (place) => {
  test('are those that hold items, each once, in order', async () => {
    const store = await openStore(place)
    expect(await store.listNamespaces()).toEqual([])
    for (const namespace of tree.toReversed()) {
      for (const key of ['k', 'l']) await store.put(namespace, key, {})
    }
    expect(await store.listNamespaces()).toEqual(tree)
    expect(await store.listNamespaces({ limit: 2, offset: 3 })).toEqual(tree.slice(3, 5))
    expect(await store.listNamespaces({ limit: 0 })).toEqual([])
    expect(await store.listNamespaces({ offset: 7 })).toEqual([])
  })

  test('are selected by what they begin with and end with', async () => {
    const store = await openStore(place)
    for (const namespace of tree) await store.put(namespace, 'k', {})
    const list = async (options: { prefix?: string[]; suffix?: string[] }) =>
      (await store.listNamespaces(options)).map((labels) => labels.join('/'))
    expect(await list({ prefix: ['users', '123'] })).toEqual(['users/123', 'users/123/settings/v1'])
    expect(await list({ prefix: ['users', '*', 'settings', 'v1'] })).toEqual([
      'users/123/settings/v1',
      'users/456/settings/v1',
    ])
    expect(await list({ prefix: ['*', '123'] })).toHaveLength(3)
    expect(await list({ suffix: ['settings', '*'] })).toHaveLength(4)
    expect(await list({ suffix: ['v1'] })).toHaveLength(2)
    expect(await list({ prefix: ['users'], suffix: ['123'] })).toEqual(['users/123'])
    expect(await list({ prefix: [], suffix: [] })).toHaveLength(tree.length)
    expect(await list({ suffix: ['a', 'b', 'c', 'd', 'e'] })).toEqual([])
    expect(await list({ prefix: ['use'] })).toEqual([])
  })

  test('are cut to a depth, each once, before they are paged', async () => {
    const store = await openStore(place)
    for (const namespace of tree) await store.put(namespace, 'k', {})
    const list = async (options: object) => store.listNamespaces(options)
    expect(await list({ maxDepth: 1 })).toEqual([['admin'], ['users'], ['users2']])
    expect(await list({ maxDepth: 2, prefix: ['users'] })).toEqual([
      ['users'],
      ['users', '123'],
      ['users', '456'],
    ])
    expect(await list({ maxDepth: 1, offset: 1, limit: 1 })).toEqual([['users']])
    expect(await list({ maxDepth: 2, suffix: ['v2'] })).toEqual([['users', '456']])
    expect(await list({ maxDepth: 9 })).toEqual(tree)
  })

  test('have labels that are escaped where they are stored', async () => {
    const store = await openStore(place)
    const labels = ['a/b', '!', ' ', '%2f', '*', '\ud800', 'x'.repeat(600), 'é', '__proto__']
    for (const label of labels) await store.put([label, 'v1'], label, { label })
    const found = await store.listNamespaces({ suffix: ['v1'] })
    expect(found.map(([label]) => String(label)).toSorted()).toEqual(labels.toSorted())
    for (const label of labels) {
      expect((await store.search([label])).map(({ value }) => value)).toEqual([{ label }])
      expect((await store.get([label, 'v1'], label))?.key).toBe(label)
      expect(await store.listNamespaces({ prefix: [label] })).toEqual(
        label === '*' ? found : [[label, 'v1']],
      )
    }
  })

  test('may be longer than a kind, and are searched and listed by any of their labels', async () => {
    const store = await openStore(place)
    const deep = Array.from({ length: 60 }, (_, n) => `label number ${n}`)
    const beside = [...deep.slice(0, 50), 'another one']
    await store.put(deep, 'k'.repeat(5000), { deep: true })
    await store.put(beside, 'k', { deep: false })
    expect(await store.get(deep, 'k'.repeat(5000))).toMatchObject({ namespace: deep })
    for (const depth of [1, 20, 50]) {
      expect(await store.search(deep.slice(0, depth))).toHaveLength(2)
      expect(await store.listNamespaces({ maxDepth: depth })).toEqual([deep.slice(0, depth)])
    }
    expect(await store.search(deep.slice(0, 55))).toHaveLength(1)
    expect(await store.search(deep, { offset: 1 })).toEqual([])
    expect(await store.listNamespaces({ prefix: deep.slice(0, 51) })).toEqual([deep])
    expect(await store.listNamespaces({ suffix: ['another one'] })).toEqual([beside])
    await store.delete(deep, 'k'.repeat(5000))
    expect(await store.search([])).toHaveLength(1)
  })
})

test('listing namespaces reads keys only, and passes over the items of a namespace', async () => {
  const store = await openStore(memory)
  for (const user of ['ann', 'bob', 'cem']) {
    const keys = Array.from({ length: 900 }, (_, n) => `k${n}`)
    await store.batch(keys.map((key) => ({ namespace: ['users', user], key, value: {} })))
  }
  const ran = await recordedOperations(() => store.listNamespaces())
  expect(new Set(ran)).toEqual(new Set(['listKeys']))
  // One page for each namespace, and a last one.
  expect(ran.length).toBeLessThanOrEqual(4)
  const ranOfDepth = await recordedOperations(() => store.listNamespaces({ maxDepth: 1 }))
  expect(ranOfDepth.length).toBeLessThanOrEqual(2)
})

test('where an item lies can be told from its name', () => {
  expect(kindOf({ namespace: ['users', 'ann'], key: 'profile' })).toBe('lgs/users/ann/!profile')
})
