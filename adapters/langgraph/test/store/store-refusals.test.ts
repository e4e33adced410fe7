import { failureOf } from '@harborage/test-kit/failure-of'
import { InvalidNamespaceError, type Operation } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { ann } from '../support/open-store.ts'
import { openFor } from '../support/places.ts'
import { recordedOperations } from '../support/recorded-operations.ts'

describe('a call that is malformed', () => {
  const namespaces: readonly (readonly [what: string, namespace: unknown])[] = [
    ['no label', []],
    ['an empty label', ['a', '']],
    ['a period', ['a.b']],
    ['a colon', ['a:b']],
    ['a NUL', ['a\0']],
    ['a label that is no text', ['a', 7]],
    ['no array', 'a'],
    ['nothing', undefined],
  ]
  test.each(namespaces)(
    'has a namespace with %s, as InMemoryStore refuses it',
    async (_, given) => {
      const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
      const namespace = given as string[]
      const calls: (() => Promise<unknown>)[] = [
        () => store.put(namespace, 'k', {}),
        () => store.get(namespace, 'k'),
        () => store.delete(namespace, 'k'),
        () => store.batch([{ namespace, key: 'k', value: {} }]),
      ]
      if (!Array.isArray(given) || given.length > 0) calls.push(() => store.search(namespace))
      const ran = await recordedOperations(async () => {
        for (const call of calls) {
          await expect(call).rejects.toThrow(InvalidNamespaceError)
          const failure = await failureOf(call)
          expect(failure).toMatchObject({ code: 'invalid_record', retryable: false })
          expect(failure.name).toBe('InvalidNamespaceError')
        }
      })
      expect(ran).toEqual([])
    },
  )

  test('puts into the root that LangGraph reserves, which only its own batches may', async () => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    await expect(store.put(['langgraph', 'a'], 'k', {})).rejects.toThrow(InvalidNamespaceError)
    await store.batch([{ namespace: ['langgraph', 'a'], key: 'k', value: { n: 1 } }])
    expect((await store.get(['langgraph', 'a'], 'k'))?.value).toEqual({ n: 1 })
    await store.put(['a', 'langgraph'], 'k', {})
  })

  const operations: readonly (readonly [what: string, operation: unknown])[] = [
    ['no object', 'get'],
    ['no operation', {}],
    ['a key that is no text', { namespace: ['a'], key: 7 }],
    ['no key', { namespace: ['a'] }],
    ['a value that is a text', { namespace: ['a'], key: 'k', value: 'v' }],
    ['a value that is undefined', { namespace: ['a'], key: 'k', value: undefined }],
    ['a negative limit', { namespacePrefix: [], limit: -1 }],
    ['a limit that is no number', { namespacePrefix: [], limit: '10' }],
    ['a limit that is NaN', { namespacePrefix: [], limit: Number.NaN }],
    ['a fractional offset', { namespacePrefix: [], offset: 0.5 }],
    ['an endless offset', { namespacePrefix: [], offset: Infinity }],
    ['a filter that is a text', { namespacePrefix: [], filter: 'color' }],
    ['a maxDepth of 0', { matchConditions: [], maxDepth: 0, limit: 1, offset: 0 }],
    ['conditions that are no array', { matchConditions: {}, limit: 1, offset: 0 }],
    ['an unknown condition', { matchConditions: [{ matchType: 'middle', path: ['a'] }], limit: 1 }],
  ]
  test.each(operations)('has %s, and is refused before anything is read', async (_, operation) => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    const batch = [{ namespace: ['a'], key: 'k', value: {} }, operation] as Operation[]
    const ran = await recordedOperations(async () => {
      const failure = await failureOf(store.batch(batch))
      expect(failure.code).toBe('invalid_record')
      expect(failure.entry).toEqual({ list: 'operations', index: 1 })
    })
    expect(ran).toEqual([])
  })

  test('is a batch that is no array', async () => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    const batch: unknown = { namespace: ['a'], key: 'k' }
    expect((await failureOf(store.batch(batch as Operation[]))).code).toBe('invalid_record')
  })
})

describe('what no store can do yet', () => {
  test('is a search by a query, which is refused rather than ignored', async () => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    await store.put(['a'], 'k', { text: 'tea' })
    const ran = await recordedOperations(async () => {
      const failure = await failureOf(store.search(['a'], { query: 'tea' }))
      expect(failure.code).toBe('search_index_required')
      expect(failure.entry).toEqual({ list: 'operations', index: 0 })
    })
    expect(ran).toEqual([])
    expect(await store.search(['a'], { query: '' })).toHaveLength(1)
  })

  test('is a time to live, which is refused wherever the official stores take it', async () => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    const put = { namespace: ['a'], key: 'k', value: {} }
    const withTtl: object = { ttl: 5 }
    const calls = [
      () => store.put(['a'], 'k', {}, undefined, withTtl),
      () => store.batch([{ ...put, ...withTtl }]),
      () => store.batch([{ ...put, options: withTtl } as typeof put]),
    ]
    for (const call of calls) expect((await failureOf(call)).code).toBe('ttl_not_supported')
    expect(await store.get(['a'], 'k')).toBeNull()
  })

  test('is an index of fields, and a put that names one is as any other', async () => {
    const store = new HarborageStore({ state: await openFor('memory:'), owner: ann })
    await store.put(['a'], 'k', { text: 'tea' }, ['text'])
    await store.put(['a'], 'l', { text: 'tea' }, false)
    expect(await store.search(['a'])).toHaveLength(2)
  })
})
