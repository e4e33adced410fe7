import assert from 'node:assert/strict'
import { type Identity, newEventId } from '@harborage/core'
import { collect } from '../support/collect.ts'
import { turns } from '../support/abort.ts'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshIdentity, freshSlot } from './support/fresh-slot.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import { sessionParts } from '../support/similar-names.ts'
import { sessionOf } from '../support/session-of.ts'
import type { StateCases } from './support/state-cases.ts'

/** How often a race is run, each time with another start. */
const ROUNDS = 10

/** S8: deleting says what was there, and may be repeated. */
export function deletion({ it, itIfDurable, callers }: StateCases): void {
  it('S8 a delete answers whether something was there', async ({ store }) => {
    const record = await saveNew(store, freshSlot())
    const { identity, kind, eventId } = record
    assert.equal(await store.delete(identity, kind), true)
    await assertEmpty(store, record)
    assert.equal(await store.loadByEventId(identity, eventId), undefined)
    assert.equal(await store.delete(identity, kind), false)
  })

  it('S8 a delete leaves the neighbouring slots alone', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const neighbours = [
      await saveNew(store, { identity, kind: `${kind}.deeper` }),
      await saveNew(store, { identity: { ...identity, runId: '' }, kind }),
      await saveNew(store, { identity: { ...identity, sessionId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, userId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, tenantId: `${identity.tenantId}-2` }, kind }),
    ]
    await saveNew(store, { identity, kind })
    assert.equal(await store.delete(identity, kind), true)
    for (const neighbour of neighbours) await assertHolds(store, neighbour)
  })

  it('S8 a deleted slot has forgotten its event ids', async ({ store }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = await saveNew(store, slot, 'second')
    await store.delete(slot.identity, slot.kind)
    assert.equal(await store.save(first), 'saved')
    assert.equal(await store.save({ ...second, kind: 'task.other' }), 'saved')
    await assertHolds(store, first)
  })

  it(`S8 of ${callers} callers that delete one slot exactly one finds something`, async ({
    store,
  }) => {
    const { identity, kind } = await saveNew(store, freshSlot())
    const answers = await race(callers, () => store.delete(identity, kind))
    assert.deepEqual(tally(answers), { true: 1, false: callers - 1 })
  })

  it('S8 deleteScope removes every kind and run of the session and counts them', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const records = []
    for (const runId of ['', 'run', 'other run']) {
      for (const kind of ['session.lifecycle', 'task.checkpoint']) {
        records.push(await saveNew(store, { identity: { ...identity, runId }, kind }))
      }
    }
    assert.equal(await store.deleteScope(sessionOf(identity)), records.length)
    for (const record of records) {
      await assertEmpty(store, record)
      assert.equal(await store.loadByEventId(identity, record.eventId), undefined)
    }
    assert.equal(await store.deleteScope(sessionOf(identity)), 0)
  })

  it('S8 deleteScope refuses an identity that names a run, and deletes nothing', async ({
    store,
  }) => {
    const { identity, kind } = freshSlot()
    const records = [
      await saveNew(store, { identity, kind }),
      await saveNew(store, { identity: { ...identity, runId: '' }, kind }),
    ]
    for (const runId of [identity.runId, 'other', '', 7, null]) {
      const given = malformed<Identity>({ ...identity, runId })
      const code = typeof runId === 'string' ? 'invalid_record' : 'invalid_identity'
      await assertFails(code, () => store.deleteScope(given))
    }
    for (const record of records) await assertHolds(store, record)
  })

  it('S8 deleteScope leaves other sessions, users and tenants alone', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const others = [
      await saveNew(store, { identity: { ...identity, sessionId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, userId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, tenantId: `${identity.tenantId}-2` }, kind }),
    ]
    await saveNew(store, { identity, kind })
    assert.equal(await store.deleteScope(sessionOf(identity)), 1)
    for (const other of others) await assertHolds(store, other)
  })

  for (const part of sessionParts) {
    it(`S8 deleteScope removes nothing of a ${part} with a similar name`, async ({ store }) => {
      const records = await saveSimilar(store, part)
      for (const { identity } of records) {
        // If it had gone before, with another one, it would not count here.
        assert.equal(await store.deleteScope(sessionOf(identity)), 1, identity[part])
      }
    })
  }

  it('S8 deleteScope forgets the event ids of what it removed', async ({ store }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    await saveNew(store, slot, 'second')
    await store.deleteScope(sessionOf(slot.identity))
    assert.equal(await store.save(first), 'saved')
    await assertHolds(store, first)
  })

  it('S8 callers that delete one session at once count each record once', async ({ store }) => {
    const identity = freshIdentity()
    const kinds = Array.from({ length: callers }, (_, index) => `task.${index}`)
    await Promise.all(kinds.map((kind) => saveNew(store, { identity, kind })))
    const counts = await race(8, () => store.deleteScope(sessionOf(identity)))
    assert.equal(
      counts.map(Number).reduce((sum, count) => sum + count, 0),
      callers,
    )
  })

  it('S8 a deleteScope meets a commit as a whole or not at all', async ({ store }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = freshIdentity()
      const held = await saveNew(store, { identity, kind: 'task.held' })
      const next = { ...held, eventId: newEventId() }
      const added = { ...next, eventId: newEventId(), kind: 'task.added' }
      const [count] = await Promise.all([
        store.deleteScope(sessionOf(identity)),
        turns(round).then(() => store.commit({ save: [added, next] })),
      ])
      const left = await collect(store.list(identity, 'task.'))
      assert.equal([0, 2].includes(left.length), true, 'a half of the commit was deleted')
      assert.equal(count, left.length === 0 ? 2 : 1)
    }
  })

  it('S8 a deleteScope that meets the second of two saves removes the first', async ({ store }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = freshIdentity()
      const held = await saveNew(store, { identity, kind: 'task.held' })
      const saveBoth = async (): Promise<void> => {
        await turns(round)
        await store.save({ ...held, eventId: newEventId(), kind: 'task.added' })
        await store.save({ ...held, eventId: newEventId() })
      }
      await Promise.all([store.deleteScope(sessionOf(identity)), saveBoth()])
      const left = await collect(store.list(identity, 'task.'))
      assert.notDeepEqual(
        left.map(({ kind }) => kind),
        ['task.added'],
      )
    }
  })

  itIfDurable(
    'S8 what was deleted stays away after the store was opened again',
    async ({ store, open }) => {
      const { identity, kind } = freshSlot()
      const deleted = await saveNew(store, { identity, kind })
      await store.delete(identity, kind)
      const scoped = await saveNew(store, { identity: { ...identity, userId: 'other' }, kind })
      await store.deleteScope(sessionOf(scoped.identity))
      await store.close()
      const reopened = await open()
      for (const record of [deleted, scoped]) {
        await assertEmpty(reopened, record)
        assert.equal(await reopened.save(record), 'saved')
      }
    },
  )
}
