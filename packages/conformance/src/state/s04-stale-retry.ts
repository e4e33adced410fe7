import assert from 'node:assert/strict'
import { newEventId } from '@harborage/core'
import {
  REMEMBERED_EVENT_IDS,
  type NewStateRecord,
  type Slot,
  type StateStore,
} from '@harborage/state'
import { assertHolds } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** S4: a retry that comes too late changes nothing. */
export function staleRetry({ it, itIfDurable, callers }: StateCases): void {
  it('S4 a stale retry never rolls back', async ({ store }) => {
    const slot = freshSlot()
    const stale = await saveNew(store, slot, 'first')
    const newest = await saveNew(store, slot, 'second')
    assert.equal(await store.save(stale), 'superseded')
    await assertHolds(store, newest)
    assert.equal(await store.loadByEventId(slot.identity, stale.eventId), undefined)
  })

  it(`S4 each of the last ${REMEMBERED_EVENT_IDS} replaced event ids is superseded`, async ({
    store,
  }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    for (const stale of replaced) assert.equal(await store.save(stale), 'superseded')
    await assertHolds(store, newest)
  })

  it('S4 the event ids that guarded saves and commits replaced are superseded, too', async ({
    store,
  }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = { ...first, eventId: newEventId() }
    assert.equal(await store.save(second, { ifEventId: first.eventId }), 'saved')
    const third = { ...first, eventId: newEventId() }
    assert.deepEqual(await store.commit({ save: [third] }), ['saved'])
    assert.equal(await store.save(first), 'superseded')
    assert.equal(await store.save(second), 'superseded')
    await assertHolds(store, third)
  })

  it('S4 a stale guarded retry is superseded, whatever its condition', async ({ store }) => {
    const slot = freshSlot()
    const stale = await saveNew(store, slot, 'first')
    const newest = await saveNew(store, slot, 'second')
    for (const ifEventId of [null, stale.eventId, newest.eventId, newEventId()]) {
      assert.equal(await store.save(stale, { ifEventId }), 'superseded')
    }
    await assertHolds(store, newest)
  })

  it('S4 a retry of the newest save is unchanged among stale ones', async ({ store }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    for (const stale of replaced) {
      assert.equal(await store.save(stale), 'superseded')
      assert.equal(await store.save(newest), 'unchanged')
    }
  })

  it(`S4 ${callers} stale retries at once change nothing`, async ({ store }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    const answers = await race(callers, (caller) =>
      store.save(replaced[caller % replaced.length] ?? newest),
    )
    assert.deepEqual(tally(answers), { superseded: callers })
    await assertHolds(store, newest)
  })

  it('S4 each slot remembers for itself', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const neighbour = await saveNew(store, { identity, kind: 'task.other' }, 'first')
    const stale = await saveNew(store, { identity, kind }, 'first')
    await saveNew(store, { identity, kind }, 'second')
    assert.equal(await store.save(neighbour), 'unchanged')
    assert.equal(await store.save(stale), 'superseded')
  })

  itIfDurable('S4 the replaced event ids outlive the store', async ({ store, open }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    await store.close()
    const reopened = await open()
    for (const stale of replaced) assert.equal(await reopened.save(stale), 'superseded')
    await assertHolds(reopened, newest)
  })
}

/** Fills the memory of a slot: as many replaced generations as are remembered, and the newest. */
async function saveGenerations(
  store: StateStore,
  slot: Slot,
): Promise<{ replaced: readonly NewStateRecord[]; newest: NewStateRecord }> {
  const replaced: NewStateRecord[] = []
  for (let generation = 1; generation <= REMEMBERED_EVENT_IDS; generation += 1) {
    replaced.push(await saveNew(store, slot, `generation ${generation}`))
  }
  return { replaced, newest: await saveNew(store, slot, 'newest') }
}
