import assert from 'node:assert/strict'
import { newEventId } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { threeSlots } from './support/three-slots.ts'

/** Registers the cases of S6, with S2 and S4: a commit may be retried if its answer was lost. */
export function commitRetry({ it, itIfDurable }: StateCases): void {
  it('S6 a retried commit answers unchanged although its expectations no longer hold', async ({
    store,
  }) => {
    const [a, b, c] = threeSlots()
    const old = await saveNew(store, a, 'old')
    const guard = await saveNew(store, c, 'guard')
    const transaction = {
      expect: [
        { ...a, eventId: old.eventId },
        { ...b, eventId: null },
        { ...c, eventId: guard.eventId },
      ],
      save: [newRecord(a, 'first'), newRecord(b, 'second')],
    }
    assert.deepEqual((await store.commit(transaction)).save, ['saved', 'saved'])
    await saveNew(store, c, 'newer')
    assert.deepEqual((await store.commit(transaction)).save, ['unchanged', 'unchanged'])
    for (const record of transaction.save) await assertHolds(store, record)
  })

  it('S6 a retried commit does not delete again', async ({ store }) => {
    const [a, b] = threeSlots()
    await saveNew(store, b, 'doomed')
    const transaction = { save: [newRecord(a)], delete: [b] }
    assert.deepEqual((await store.commit(transaction)).save, ['saved'])
    const refilled = await saveNew(store, b, 'refilled')
    assert.deepEqual((await store.commit(transaction)).save, ['unchanged'])
    await assertHolds(store, refilled)
  })

  it('S6 a stale commit answers superseded and changes nothing', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const stale = { save: [newRecord(a, 'stale'), newRecord(b, 'stale')], delete: [c] }
    await store.commit(stale)
    const newest = [await saveNew(store, a, 'newest'), await saveNew(store, c, 'refilled')]
    assert.deepEqual((await store.commit(stale)).save, ['superseded', 'unchanged'])
    newest.push(await saveNew(store, b, 'newest'))
    assert.deepEqual((await store.commit(stale)).save, ['superseded', 'superseded'])
    for (const record of newest) await assertHolds(store, record)
  })

  it('S6 a commit applies the saves that were not applied before', async ({ store }) => {
    const [a, b, c] = threeSlots()
    await saveNew(store, c, 'doomed')
    const [first, second] = [newRecord(a, 'first'), newRecord(b, 'second')]
    assert.equal(await store.save(first), 'saved')
    const transaction = {
      expect: [{ ...a, eventId: null }],
      save: [first, second],
      delete: [c],
    }
    assert.deepEqual((await store.commit(transaction)).save, ['unchanged', 'saved'])
    await assertHolds(store, first)
    await assertHolds(store, second)
    await assertEmpty(store, c)
  })

  it('S6 a commit does not apply the saves that are stale', async ({ store }) => {
    const [a, b] = threeSlots()
    const stale = await saveNew(store, a, 'stale')
    const newest = await saveNew(store, a, 'newest')
    const second = newRecord(b, 'second')
    assert.deepEqual((await store.commit({ save: [stale, second] })).save, ['superseded', 'saved'])
    await assertHolds(store, newest)
    await assertHolds(store, second)
  })

  it('S6 a commit with a save that was applied before still checks its expectations', async ({
    store,
  }) => {
    const [a, b, c] = threeSlots()
    const first = await saveNew(store, a, 'first')
    const transaction = {
      expect: [{ ...c, eventId: newEventId() }],
      save: [first, newRecord(b, 'rejected')],
    }
    await assertFails('condition_failed', () => store.commit(transaction))
    await assertEmpty(store, b)
  })

  itIfDurable(
    'S6 a commit is recognized as a retry after the store was reopened',
    async ({ store, open }) => {
      const [a, b] = threeSlots()
      const transaction = {
        expect: [{ ...a, eventId: null }],
        save: [newRecord(a, 'first'), newRecord(b, 'second')],
      }
      await store.commit(transaction)
      await saveNew(store, b, 'newest')
      await store.close()
      const reopened = await open()
      assert.deepEqual((await reopened.commit(transaction)).save, ['unchanged', 'superseded'])
    },
  )
}
