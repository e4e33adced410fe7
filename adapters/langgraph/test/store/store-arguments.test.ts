import { placesIn, withValueAt } from '@harborage/test-kit/hostile/argument-places'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'
import { InvalidNamespaceError } from '@langchain/langgraph-checkpoint'
import { describe, expect, test } from 'vitest'

import { openStore } from '../support/open-store.ts'
import { memory } from '../support/places.ts'

const filter = { n: { $gt: 1, $in: [1, 2] }, text: 'tea', list: [1] }
const name = { namespace: ['a', 'b'], key: 'k' }
const { signal } = new AbortController()

const goodArguments: Readonly<Record<string, readonly unknown[]>> = {
  get: [['a', 'b'], 'k', { signal }],
  put: [['a', 'b'], 'k', { n: 1, list: [{}] }, ['n'], { signal }],
  delete: [['a', 'b'], 'k', { signal }],
  search: [['a'], { filter, limit: 5, offset: 1, signal }],
  listNamespaces: [{ prefix: ['a', '*'], suffix: ['b'], maxDepth: 2, limit: 5, offset: 0, signal }],
  batch: [
    [
      name,
      { ...name, value: { n: 1 }, index: ['n'] },
      { namespacePrefix: ['a'], filter, limit: 5, offset: 1 },
      { matchConditions: [{ matchType: 'prefix', path: ['a'] }], maxDepth: 2, limit: 5, offset: 0 },
    ],
    { signal },
  ],
}

/** Resolves to the error of a call, whether it is LangGraph's or ours. */
async function errorOf(call: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    return await refusalOf(call)
  } catch (error) {
    if (error instanceof InvalidNamespaceError) return error
    throw error
  }
}

describe.each(Object.entries(goodArguments))('%s', (method, good) => {
  test.each(placesIn(good).map((place) => ({ at: place.join('.'), place })))(
    'accepts any value at argument $at, or refuses it with a typed error that quotes nothing',
    async ({ place }) => {
      const store = await openStore(memory)
      for (const [what, value] of Object.entries(hostileValues)) {
        const args = withValueAt(good, place, value)
        const error = await errorOf(() => callUnchecked(store, method, ...args))
        if (error === undefined) continue
        if ('code' in error) expect(error.code, `${what}: ${error.message}`).toBe('invalid_record')
        expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
      }
      await store.put(['control'], 'k', { n: 1 })
      expect((await store.get(['control'], 'k'))?.value).toEqual({ n: 1 })
      expect(Object.keys(Object.prototype)).toEqual([])
    },
  )

  test('refuses a call without arguments, unless it needs none', async () => {
    const store = await openStore(memory)
    const error = await errorOf(() => callUnchecked(store, method))
    expect(error === undefined).toBe(method === 'listNamespaces')
  })
})

const misplaced: readonly (readonly [method: string, said: string, args: readonly unknown[]])[] = [
  ['search', 'no option mode', [['a'], { mode: 'vector' }]],
  ['search', 'no option fliter', [['a'], { fliter: { n: 1 } }]],
  ['search', 'they are no object', [['a'], signal]],
  ['listNamespaces', 'no option depth', [{ depth: 1 }]],
  ['put', 'no option refresh', [['a'], 'k', {}, undefined, { refresh: true }]],
  ['put', 'they are no object', [['a'], 'k', {}, undefined, signal]],
  ['get', 'no option timeout', [['a'], 'k', { timeout: 1 }]],
  ['batch', 'no option timeout', [[name], { timeout: 1 }]],
]

test.each(misplaced)('%s refuses options that it would ignore: %s', async (method, said, args) => {
  const store = await openStore(memory)
  const error = await errorOf(() => callUnchecked(store, method, ...args))
  expect(error).toMatchObject({ code: 'invalid_record' })
  expect(error?.message).toContain(said)
})
