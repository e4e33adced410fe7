import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** Registers the cases of S3: a save with a new event id replaces what the slot holds. */
export function overwrite({ it, itIfDurable, callers }: StateCases): void {
  it('S3 a new event id replaces what the slot holds', async ({ store }) => {
    const slot = freshSlot()
    await saveNew(store, slot, 'first')
    const second = await saveNew(store, slot, 'second')
    await assertHolds(store, second)
    assertSameRecord(await store.loadOrThrow(slot.identity, slot.kind), second)
    assertSameRecord(await store.loadByEventId(slot.identity, second.eventId), second)
  })

  it('S3 a replaced event id no longer finds a record', async ({ store }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    await saveNew(store, slot, 'second')
    assert.equal(await store.loadByEventId(slot.identity, first.eventId), undefined)
    await assertFails('not_found', () => store.loadByEventIdOrThrow(slot.identity, first.eventId))
  })

  it('S3 equal bytes under a new event id are a new generation', async ({ store }) => {
    const slot = freshSlot()
    await saveNew(store, slot, 'same')
    await assertHolds(store, await saveNew(store, slot, 'same'))
  })

  it('S3 a save does not change similar slots', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const neighbors = [
      await saveNew(store, { identity, kind: `${kind}.deeper` }),
      await saveNew(store, { identity, kind: kind.slice(0, -1) }),
      await saveNew(store, { identity: { ...identity, runId: '' }, kind }),
      await saveNew(store, { identity: { ...identity, runId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, sessionId: 'other' }, kind }),
      await saveNew(store, { identity: { ...identity, userId: 'other' }, kind }),
    ]
    await saveNew(store, { identity, kind }, 'first')
    await saveNew(store, { identity, kind }, 'second')
    for (const neighbor of neighbors) await assertHolds(store, neighbor)
  })

  it('S3 load of an empty slot returns undefined, and loadOrThrow fails with not_found', async ({
    store,
  }) => {
    const { identity, kind } = freshSlot()
    assert.equal(await store.load(identity, kind), undefined)
    await assertFails('not_found', () => store.loadOrThrow(identity, kind))
  })

  it(`S3 after ${callers} callers overwrote one slot, it holds exactly one of their records`, async ({
    store,
  }) => {
    const slot = freshSlot()
    const records = Array.from({ length: callers }, (_, caller) => newRecord(slot, `${caller}`))
    assert.deepEqual(tally(await Promise.all(records.map((each) => store.save(each)))), {
      saved: callers,
    })
    const held = await store.loadOrThrow(slot.identity, slot.kind)
    const found = await race(callers, async (caller) => {
      const eventId = records[caller]?.eventId ?? held.eventId
      return (await store.loadByEventId(slot.identity, eventId)) !== undefined
    })
    assert.deepEqual(tally(found), { true: 1, false: callers - 1 })
    const winner = records.find(({ eventId }) => eventId === held.eventId)
    assertSameRecord(held, winner ?? newRecord(slot))
  })

  itIfDurable('S3 a reopened store finds the newest generation', async ({ store, open }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = await saveNew(store, slot, 'second')
    await store.close()
    const reopened = await open()
    await assertHolds(reopened, second)
    assert.equal(await reopened.loadByEventId(slot.identity, first.eventId), undefined)
  })
}
