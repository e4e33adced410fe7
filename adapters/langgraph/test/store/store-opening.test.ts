import { openStateStore } from '@harborage/state'
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

test('a store without an owner is never made', async () => {
  await using state = await openStateStore()
  const noOwner: unknown = { state }
  const options = noOwner as ConstructorParameters<typeof HarborageStore>[0]
  expect((await failureOf(() => new HarborageStore(options))).code).toBe('identity_required')
  const connect = () => HarborageStore.fromConnString('memory:', options)
  expect((await failureOf(connect)).code).toBe('identity_required')
})
