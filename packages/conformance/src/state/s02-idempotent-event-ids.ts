import assert from 'node:assert/strict'
import type { NewStateRecord } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { bytesOf } from '../support/text-bytes.ts'

/** Registers the cases of S2: an event id is saved once, however often it is sent. */
export function idempotentEventIds({ it, itIfDurable, itIfShared, callers }: StateCases): void {
  it('S2 a retry answers unchanged and writes nothing', async ({ store }) => {
    const record = { ...newRecord(freshSlot()), updatedAt: new Date(1_000) }
    assert.equal(await store.save(record), 'saved')
    assert.equal(await store.save({ ...record, updatedAt: new Date(2_000) }), 'unchanged')
    await assertHolds(store, record)
  })

  itIfDurable(
    'S2 a retry after the store was reopened answers unchanged',
    async ({ store, open }) => {
      const record = await saveNew(store, freshSlot())
      await store.close()
      const reopened = await open()
      assert.equal(await reopened.save(record), 'unchanged')
      await assertFails('idempotency_conflict', () =>
        reopened.save({ ...record, bytes: bytesOf('other') }),
      )
    },
  )

  it('S2 the same event id with other bytes is a conflict and changes nothing', async ({
    store,
  }) => {
    const record = await saveNew(store, freshSlot(), 'abc')
    for (const text of ['', 'ab', 'abd', 'ABC', 'abc\0', 'abcd']) {
      const retry = { ...record, bytes: bytesOf(text) }
      await assertFails('idempotency_conflict', () => store.save(retry))
    }
    await assertHolds(store, record)
  })

  it('S2 the same event id with another version is a conflict and changes nothing', async ({
    store,
  }) => {
    const record = await saveNew(store, freshSlot())
    await assertFails('idempotency_conflict', () => store.save({ ...record, version: 1 }))
    await assertHolds(store, record)
  })

  it('S2 the same event id in another slot is a conflict and changes nothing', async ({
    store,
  }) => {
    const record = await saveNew(store, freshSlot())
    const { identity } = record
    const elsewhere: readonly NewStateRecord[] = [
      { ...record, kind: 'task.other' },
      { ...record, identity: { ...identity, runId: '' } },
      { ...record, identity: { ...identity, runId: 'other' } },
      { ...record, identity: { ...identity, sessionId: 'other' } },
      { ...record, identity: { ...identity, userId: 'other' } },
    ]
    for (const other of elsewhere) {
      await assertFails('idempotency_conflict', () => store.save(other))
      await assertEmpty(store, other)
    }
    await assertHolds(store, record)
  })

  it('S2 the same event id in another slot keeps the record of that slot', async ({ store }) => {
    const record = await saveNew(store, freshSlot())
    const neighbor = await saveNew(store, { ...record, kind: 'task.other' })
    await assertFails('idempotency_conflict', () => store.save({ ...record, kind: neighbor.kind }))
    await assertHolds(store, neighbor)
  })

  it('S2 event ids of another tenant neither collide nor can be probed', async ({ store }) => {
    const record = await saveNew(store, freshSlot(), 'ours')
    const { tenantId } = freshIdentity()
    const theirs = {
      ...record,
      identity: { ...record.identity, tenantId },
      bytes: bytesOf('theirs'),
    }
    assert.equal(await store.loadByEventId(theirs.identity, record.eventId), undefined)
    assert.equal(await store.save(theirs), 'saved')
    await assertHolds(store, record)
    await assertHolds(store, theirs)
  })

  it('S2 an event id finds its record from any run of its session, and from no other session', async ({
    store,
  }) => {
    const record = await saveNew(store, freshSlot())
    const { identity, eventId } = record
    const { runId: _, ...session } = identity
    assertSameRecord(await store.loadByEventId(session, eventId), record)
    assertSameRecord(await store.loadByEventIdOrThrow(session, eventId), record)
    for (const part of ['tenantId', 'userId', 'sessionId'] as const) {
      const other = { ...session, [part]: 'other' }
      assert.equal(await store.loadByEventId(other, eventId), undefined)
      await assertFails('not_found', () => store.loadByEventIdOrThrow(other, eventId))
    }
  })

  it(`S2 of ${callers} callers with one event id exactly one saves`, async ({ store }) => {
    const record = newRecord(freshSlot())
    const answers = await race(callers, () => store.save(record))
    assert.deepEqual(tally(answers), { saved: 1, unchanged: callers - 1 })
    await assertHolds(store, record)
  })

  it(`S2 of ${callers} callers with one event id and different bytes exactly one saves`, async ({
    store,
  }) => {
    const base = newRecord(freshSlot())
    const recordOf = (caller: number) => ({ ...base, bytes: bytesOf(`caller ${caller}`) })
    const answers = await race(callers, (caller) => store.save(recordOf(caller)))
    assert.deepEqual(tally(answers), { saved: 1, idempotency_conflict: callers - 1 })
    await assertHolds(store, recordOf(answers.indexOf('saved')))
  })

  it(`S2 of ${callers} callers with one event id for different slots exactly one saves`, async ({
    store,
  }) => {
    const base = newRecord(freshSlot())
    const recordOf = (caller: number) => ({ ...base, kind: `task.${caller}` })
    const answers = await race(callers, (caller) => store.save(recordOf(caller)))
    assert.deepEqual(tally(answers), { saved: 1, idempotency_conflict: callers - 1 })
    assertSameRecord(
      await store.loadByEventId(base.identity, base.eventId),
      recordOf(answers.indexOf('saved')),
    )
  })

  it(`S2 ${callers} sessions that save at once do not affect each other`, async ({ store }) => {
    const { identity, kind } = freshSlot()
    const records = Array.from({ length: callers }, (_, caller) =>
      newRecord({ identity: { ...identity, sessionId: `session ${caller}` }, kind }, `${caller}`),
    )
    const answers = await Promise.all(records.map((record) => store.save(record)))
    assert.deepEqual(tally(answers), { saved: callers })
    for (const record of records) await assertHolds(store, record)
  })

  itIfShared(
    `S2 of ${callers} callers in several stores exactly one saves`,
    async ({ store, open }) => {
      const stores = [store, await open(), await open(), await open()]
      const record = newRecord(freshSlot())
      const answers = await Promise.all(
        stores.map((each) => race(callers / stores.length, () => each.save(record))),
      )
      assert.deepEqual(tally(answers.flat()), { saved: 1, unchanged: callers - 1 })
    },
  )
}
