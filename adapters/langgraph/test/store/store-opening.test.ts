import { openStateStore } from '@harborage/state'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'
import { expect, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { ann } from '../support/open-store.ts'
import { sharedPlaces } from '../support/places.ts'

const bob = { tenantId: 'acme', userId: 'bob' }

test.each(sharedPlaces)('a store opens its database on $name by itself', async ({ makeDsn }) => {
  const dsn = await makeDsn()
  await using first = HarborageStore.fromConnString(dsn, { owner: ann })
  await first.setup()
  await first.setup()
  await first.put(['a'], 'k', { n: 1 })
  await first.end()
  await first.end()
  expect((await failureOf(first.get(['a'], 'k'))).code).toBe('store_closed')

  // Without setup, too, as the store of a graph is used.
  await using second = HarborageStore.fromConnString(dsn, { owner: ann, migrate: 'verify' })
  expect((await second.get(['a'], 'k'))?.value).toEqual({ n: 1 })
})

test('start and stop are setup and end', async () => {
  const store = HarborageStore.fromConnString('memory:', { owner: ann })
  await store.start()
  await store.put(['a'], 'k', {})
  await store.stop()
  expect((await failureOf(store.search([]))).code).toBe('store_closed')
})

test('a store that cannot be opened says why, at setup and at each call', async () => {
  const store = HarborageStore.fromConnString('nothing://here', { owner: ann })
  expect((await failureOf(store.setup())).code).toBe('unknown_driver')
  expect((await failureOf(store.get(['a'], 'k'))).code).toBe('unknown_driver')
  await store.end()
})

test('a store for another owner shares the database, and neither items nor its end', async () => {
  await using store = HarborageStore.fromConnString('memory:', {
    owner: ann,
    searchOrder: 'newest-first',
  })
  await store.put(['a'], 'k', { of: 'ann' })
  const other = store.forOwner(bob)
  expect(await other.search([])).toEqual([])
  await other.put(['a'], 'k', { of: 'bob' })
  await other.end()
  expect((await store.search([]))[0]?.value).toEqual({ of: 'ann' })
  expect((await other.search([]))[0]?.value).toEqual({ of: 'bob' })
  await store.end()
  expect((await failureOf(other.search([]))).code).toBe('store_closed')
})

test('a store leaves a state store open that it was given', async () => {
  await using state = await openStateStore()
  await using store = new HarborageStore({ state, owner: ann })
  await store.end()
  await store.put(['a'], 'k', {})
  expect(await state.count(ann, '')).toBe(1)
})

test.each<[string, unknown[], string]>([
  ['no options', [undefined], 'identity_required'],
  ['no owner', [{}], 'identity_required'],
  ['a misspelled option', [{ owner: ann, serachOrder: 'newest-first' }], 'invalid_config'],
  ['an index, which it does not have yet', [{ owner: ann, index: {} }], 'invalid_config'],
  ['a ttl, which it does not have yet', [{ owner: ann, ttl: {} }], 'invalid_config'],
  ['an unknown order', [{ owner: ann, searchOrder: 'newest' }], 'invalid_config'],
])('a store is not made with %s', async (_, [options], code) => {
  const connect = () => callUnchecked(HarborageStore, 'fromConnString', 'memory:', options)
  expect((await failureOf(connect)).code).toBe(code)
  await using state = await openStateStore()
  const withState: unknown =
    typeof options === 'object' ? Object.assign({ state }, options) : options
  const make = (): unknown => Reflect.construct(HarborageStore, [withState])
  expect((await failureOf(make)).code).toBe(code)
})

test.each([undefined, null, {}, 'sqlite:./agent.db'])(
  'a store is not made with the state store %o, or with such a connection string',
  async (state) => {
    const make = (): unknown => Reflect.construct(HarborageStore, [{ owner: ann, state }])
    expect((await failureOf(make)).code).toBe('invalid_config')
    if (typeof state === 'string') return
    const connect = () => callUnchecked(HarborageStore, 'fromConnString', state, { owner: ann })
    expect((await failureOf(connect)).code).toBe('invalid_config')
  },
)
