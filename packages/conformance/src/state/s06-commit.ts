import assert from 'node:assert/strict'
import { newEventId } from '@harborage/core'
import { MAX_COMMIT_ENTRIES, type StateTransaction } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { malformed } from '../support/malformed.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { threeSlots } from './support/three-slots.ts'
import { deleteSession } from '../support/delete-session.ts'

/** Registers the cases of S6: a commit is applied as a whole or not at all. */
export function commit({ it, itIfDurable }: StateCases): void {
  it('S6 a commit applies every save and delete', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const old = await saveNew(store, a, 'old')
    await saveNew(store, c, 'doomed')
    const [first, second] = [newRecord(a, 'first'), newRecord(b, 'second')]
    const outcome = await store.commit({
      expect: [
        { ...a, eventId: old.eventId },
        { ...b, eventId: null },
      ],
      save: [first, second],
      delete: [c],
    })
    const applied = { repeated: false, save: ['saved', 'saved'], saveIfEmpty: [], deleted: 1 }
    assert.deepEqual(outcome, applied)
    await assertHolds(store, first)
    await assertHolds(store, second)
    await assertEmpty(store, c)
    assert.equal(await store.loadByEventId(old.identity, old.eventId), undefined)
  })

  it('S6 a commit may change several sessions and users of one tenant', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const records = [
      newRecord({ identity, kind }),
      newRecord({ identity: { ...identity, runId: '' }, kind }),
      newRecord({ identity: { ...identity, sessionId: 'other' }, kind }),
      newRecord({ identity: { ...identity, userId: 'other' }, kind }),
    ]
    await store.commit({ save: records })
    for (const record of records) await assertHolds(store, record)
  })

  it('S6 a commit may consist of expectations only, or of deletes only', async ({ store }) => {
    const [a, b] = threeSlots()
    const held = await saveNew(store, a)
    const met = [
      { ...a, eventId: held.eventId },
      { ...b, eventId: null },
    ]
    assert.deepEqual((await store.commit({ expect: met })).save, [])
    assert.deepEqual((await store.commit({ expect: met, delete: [a, b] })).save, [])
    await assertEmpty(store, a)
    assert.deepEqual((await store.commit({ delete: [a] })).save, [])
  })

  it('S6 one unmet expectation fails the whole commit', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const [held, kept] = [await saveNew(store, a, 'held'), await saveNew(store, c, 'kept')]
    const unmet = [
      { ...a, eventId: newEventId() },
      { ...a, eventId: null },
      { ...b, eventId: held.eventId },
    ]
    for (const expectation of unmet) {
      const transaction = {
        expect: [{ ...c, eventId: kept.eventId }, expectation],
        save: [newRecord(a, 'rejected'), newRecord(b, 'rejected')],
        delete: [c],
      }
      await assertFails('condition_failed', () => store.commit(transaction))
      await assertHolds(store, held)
      await assertEmpty(store, b)
      await assertHolds(store, kept)
    }
  })

  it('S6 one conflict fails the whole commit', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const [held, kept] = [await saveNew(store, a, 'held'), await saveNew(store, c, 'kept')]
    const conflicts = [
      { ...held, bytes: bytesOf('other') },
      { ...held, version: 7 },
      { ...held, kind: 'task.elsewhere' },
    ]
    for (const conflict of conflicts) {
      const transaction = { save: [newRecord(b, 'rejected'), conflict], delete: [c] }
      await assertFails('idempotency_conflict', () => store.commit(transaction))
      await assertEmpty(store, b)
      await assertHolds(store, kept)
    }
    await assertHolds(store, held)
  })

  it('S6 an event id that the commit replaces or deletes is still in use', async ({ store }) => {
    const [a, b] = threeSlots()
    const held = await saveNew(store, a, 'held')
    const moved = { ...held, kind: b.kind }
    await assertFails('idempotency_conflict', () => store.commit({ save: [moved], delete: [a] }))
    await assertFails('idempotency_conflict', () =>
      store.commit({ save: [newRecord(a, 'rejected'), moved] }),
    )
    await assertHolds(store, held)
    await assertEmpty(store, b)
  })

  it('S6 a slot or an event id that is named twice is rejected', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const kept = await saveNew(store, c, 'kept')
    const { runId: _, ...session } = a.identity
    const record = newRecord(a, 'rejected')
    const transactions: readonly StateTransaction[] = [
      { save: [record, newRecord(a, 'rejected')] },
      { save: [record], delete: [a] },
      { delete: [c, c] },
      { save: [record, { ...newRecord(b), eventId: record.eventId }] },
      {
        expect: [
          { ...c, eventId: kept.eventId },
          { ...c, eventId: kept.eventId },
        ],
      },
      {
        save: [
          newRecord({ identity: session, kind: a.kind }),
          newRecord({ identity: { ...session, runId: '' }, kind: a.kind }),
        ],
      },
    ]
    for (const transaction of transactions) {
      await assertFails('invalid_record', () => store.commit(transaction))
    }
    await assertEmpty(store, a)
    await assertHolds(store, kept)
  })

  it('S6 a second tenant is rejected in saves, deletes and expectations', async ({ store }) => {
    const [a, b] = threeSlots()
    const stranger = { identity: freshIdentity(), kind: a.kind }
    const theirs = await saveNew(store, stranger, 'theirs')
    const transactions: readonly StateTransaction[] = [
      { save: [newRecord(a), newRecord(stranger)] },
      { save: [newRecord(a)], delete: [stranger] },
      { save: [newRecord(a)], expect: [{ ...stranger, eventId: theirs.eventId }] },
      { delete: [a, stranger] },
      { delete: [stranger], expect: [{ ...b, eventId: null }] },
    ]
    for (const transaction of transactions) {
      await assertFails('invalid_record', () => store.commit(transaction))
    }
    await assertEmpty(store, a)
    await assertHolds(store, theirs)
  })

  it('S6 an empty commit is rejected', async ({ store }) => {
    for (const nothing of [{}, { expect: [], save: [], delete: [] }]) {
      await assertFails('invalid_record', () => store.commit(nothing))
    }
  })

  it('S6 malformed lists are rejected', async ({ store }) => {
    const record = newRecord(freshSlot())
    const lists: readonly unknown[] = [null, 'save', 7, record, new Set([record])]
    for (const list of lists) {
      for (const field of ['expect', 'save', 'delete']) {
        const transaction = malformed<StateTransaction>({ save: [record], [field]: list })
        await assertFails('invalid_record', () => store.commit(transaction), field)
      }
    }
    await assertFails('invalid_record', () => store.commit(malformed(undefined)))
    await assertFails('invalid_record', () => store.commit({ save: [record, malformed(null)] }))
    await assertEmpty(store, record)
  })

  it(`S6 a commit takes at most ${MAX_COMMIT_ENTRIES} saves`, async ({ store }) => {
    const { identity } = freshSlot()
    const save = Array.from({ length: MAX_COMMIT_ENTRIES }, (_, index) =>
      newRecord({ identity, kind: `task.${index}` }, `${index}`),
    )
    const tooMany = [...save, newRecord({ identity, kind: 'task.last' })]
    await assertFails('invalid_record', () => store.commit({ save: tooMany }))
    const { save: outcomes } = await store.commit({ save })
    assert.deepEqual(new Set(outcomes), new Set(['saved']))
    assert.equal(outcomes.length, MAX_COMMIT_ENTRIES)
    assert.equal(await deleteSession(store, identity), MAX_COMMIT_ENTRIES)
  })

  itIfDurable(
    'S6 a reopened store finds what a commit saved, and not what it deleted',
    async ({ store, open }) => {
      const [a, b, c] = threeSlots()
      await saveNew(store, c, 'doomed')
      const records = [newRecord(a), newRecord(b)]
      await store.commit({ save: records, delete: [c] })
      await store.close()
      const reopened = await open()
      for (const record of records) await assertHolds(reopened, record)
      await assertEmpty(reopened, c)
    },
  )
}
