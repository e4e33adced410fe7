import assert from 'node:assert/strict'
import { allOfSession, type Identity, newEventId } from '@harborage/core'
import { collect } from '../support/collect.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { answerOf } from '../support/answer-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { DELETE_RACES, waitForRepeatedDelete, writeDuringDelete } from '../support/delete-races.ts'
import { malformed } from '../support/malformed.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import { sessionParts } from '../support/similar-names.ts'
import type { StateCases } from './support/state-cases.ts'
import { deleteSession } from '../support/delete-session.ts'

/** The number of rounds of a race, each with another delay. */
const ROUNDS = 10

/** Registers the cases of S8: a delete answers what it removed, and may be repeated. */
export function deletion({ it, itIfDurable, itIfShared, callers, callMs }: StateCases): void {
  it('S8 a delete answers whether the slot held a record', async ({ store }) => {
    const record = await saveNew(store, freshSlot())
    const { identity, kind, eventId } = record
    assert.equal(await store.delete(identity, kind), true)
    await assertEmpty(store, record)
    assert.equal(await store.loadByEventId(identity, eventId), undefined)
    assert.equal(await store.delete(identity, kind), false)
  })

  it('S8 a delete does not change similar slots', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const neighbors = [
      await saveNew(store, { identity, kind: `${kind}.deeper` }),
      await saveNew(store, { identity: { ...identity, runId: '' }, kind }),
      await saveNew(store, { identity: { ...identity, sessionId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, userId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, tenantId: `${identity.tenantId}-2` }, kind }),
    ]
    await saveNew(store, { identity, kind })
    assert.equal(await store.delete(identity, kind), true)
    for (const neighbor of neighbors) await assertHolds(store, neighbor)
  })

  it('S8 a deleted slot forgets its event ids', async ({ store }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = await saveNew(store, slot, 'second')
    await store.delete(slot.identity, slot.kind)
    assert.equal(await store.save(first), 'saved')
    assert.equal(await store.save({ ...second, kind: 'task.other' }), 'saved')
    await assertHolds(store, first)
  })

  it(`S8 of ${callers} callers that delete one slot, exactly one finds a record`, async ({
    store,
  }) => {
    const { identity, kind } = await saveNew(store, freshSlot())
    const answers = await race(callers, () => store.delete(identity, kind))
    assert.deepEqual(tally(answers), { true: 1, false: callers - 1 })
  })

  it('S8 deleteAll of a session removes and counts the records of every kind and run of the session', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const records = []
    for (const runId of ['', 'run', 'other run']) {
      for (const kind of ['session.lifecycle', 'task.checkpoint']) {
        records.push(await saveNew(store, { identity: { ...identity, runId }, kind }))
      }
    }
    assert.equal(await deleteSession(store, identity), records.length)
    for (const record of records) {
      await assertEmpty(store, record)
      assert.equal(await store.loadByEventId(identity, record.eventId), undefined)
    }
    assert.equal(await deleteSession(store, identity), 0)
  })

  it('S8 deleteAll of a session rejects an identity that names a run', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const records = [
      await saveNew(store, { identity, kind }),
      await saveNew(store, { identity: { ...identity, runId: '' }, kind }),
    ]
    for (const runId of [identity.runId, 'other', '', 7, null]) {
      const given = malformed<Identity>({ ...identity, runId })
      await assertFails('invalid_identity', async () => store.deleteAll(allOfSession(given)))
    }
    for (const record of records) await assertHolds(store, record)
  })

  it('S8 deleteAll of a session does not change other sessions, users and tenants', async ({
    store,
  }) => {
    const { identity, kind } = freshSlot()
    const others = [
      await saveNew(store, { identity: { ...identity, sessionId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, userId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, tenantId: `${identity.tenantId}-2` }, kind }),
    ]
    await saveNew(store, { identity, kind })
    assert.equal(await deleteSession(store, identity), 1)
    for (const other of others) await assertHolds(store, other)
  })

  for (const part of sessionParts) {
    it(`S8 deleteAll of a session removes no record of a ${part} with a similar name`, async ({
      store,
    }) => {
      const records = await saveSimilar(store, part)
      for (const { identity } of records) {
        // A record that an earlier deleteAll had removed as well would not be counted here.
        assert.equal(await deleteSession(store, identity), 1, identity[part])
      }
    })
  }

  it('S8 deleteAll of a session forgets the event ids of the records that it removed', async ({
    store,
  }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    await saveNew(store, slot, 'second')
    await deleteSession(store, slot.identity)
    assert.equal(await store.save(first), 'saved')
    await assertHolds(store, first)
  })

  it('S8 concurrent deleteAll calls count each record once', async ({ store }) => {
    const identity = freshIdentity()
    const kinds = Array.from({ length: callers }, (_, index) => `task.${index}`)
    await Promise.all(kinds.map((kind) => saveNew(store, { identity, kind })))
    const counts = await race(8, () => deleteSession(store, identity))
    assert.equal(
      counts.map(Number).reduce((sum, count) => sum + count, 0),
      callers,
    )
  })

  it('S8 a deleteAll during a commit removes all of the commit or nothing of it', async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = freshIdentity()
      const held = await saveNew(store, { identity, kind: 'task.held' })
      const next = { ...held, eventId: newEventId() }
      const added = { ...next, eventId: newEventId(), kind: 'task.added' }
      const [count] = await Promise.all([
        deleteSession(store, identity),
        eventLoopTurns(round).then(() => store.commit({ save: [added, next] })),
      ])
      const left = await collect(store.list(identity, 'task.'))
      assert.equal([0, 2].includes(left.length), true, 'a part of the commit was deleted')
      assert.equal(count, left.length === 0 ? 2 : 1)
    }
  })

  it('S8 a deleteAll that removes the second of two saves removes the first one too', async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = freshIdentity()
      const held = await saveNew(store, { identity, kind: 'task.held' })
      const saveBoth = async (): Promise<void> => {
        await eventLoopTurns(round)
        await store.save({ ...held, eventId: newEventId(), kind: 'task.added' })
        await store.save({ ...held, eventId: newEventId() })
      }
      await Promise.all([deleteSession(store, identity), saveBoth()])
      const left = await collect(store.list(identity, 'task.'))
      assert.notDeepEqual(
        left.map(({ kind }) => kind),
        ['task.added'],
      )
    }
  })

  itIfDurable('S8 a reopened store does not find what was deleted', async ({ store, open }) => {
    const { identity, kind } = freshSlot()
    const deleted = await saveNew(store, { identity, kind })
    await store.delete(identity, kind)
    const scoped = await saveNew(store, { identity: { ...identity, userId: 'other' }, kind })
    await deleteSession(store, scoped.identity)
    await store.close()
    const reopened = await open()
    for (const record of [deleted, scoped]) {
      await assertEmpty(reopened, record)
      assert.equal(await reopened.save(record), 'saved')
    }
  })

  itIfShared(
    'S8 a delete does not remove what another store saved once the slot was empty',
    async ({ store, open }) => {
      const other = await open()
      for (let race = 0; race < DELETE_RACES; race += 1) {
        const deleted = await saveNew(store, freshSlot(), 'deleted')
        const next = newRecord(deleted, 'kept')
        const outcome = await writeDuringDelete(
          () => store.delete(deleted.identity, deleted.kind),
          () => answerOf(() => other.save(next, { ifEventId: null })),
          (answer) => answer === 'saved',
        )
        assert.deepEqual(outcome, { isDeleted: true, answer: 'saved' })
        await waitForRepeatedDelete(callMs)
        await assertHolds(other, next)
      }
    },
  )
}
