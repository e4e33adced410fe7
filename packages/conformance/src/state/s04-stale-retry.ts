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

/** Registers the cases of S4: a retry that comes too late changes nothing. */
export function staleRetry({ it, itIfDurable, callers }: StateCases): void {
  it('S4 a stale retry never rolls back', async ({ store }) => {
    const slot = freshSlot()
    const stale = await saveNew(store, slot, 'first')
    const newest = await saveNew(store, slot, 'second')
    assert.equal(await store.save(stale), 'superseded')
    await assertHolds(store, newest)
    assert.equal(await store.loadByEventId(slot.identity, stale.eventId), undefined)
  })

  it(`S4 a retry of each of the last ${REMEMBERED_EVENT_IDS} replaced event ids answers superseded`, async ({
    store,
  }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    for (const stale of replaced) assert.equal(await store.save(stale), 'superseded')
    await assertHolds(store, newest)
  })

  it('S4 retries of event ids that guarded saves and commits replaced also answer superseded', async ({
    store,
  }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = { ...first, eventId: newEventId() }
    assert.equal(await store.save(second, { ifEventId: first.eventId }), 'saved')
    const third = { ...first, eventId: newEventId() }
    assert.deepEqual((await store.commit({ save: [third] })).save, ['saved'])
    assert.equal(await store.save(first), 'superseded')
    assert.equal(await store.save(second), 'superseded')
    await assertHolds(store, third)
  })

  it('S4 a stale guarded retry answers superseded under any condition', async ({ store }) => {
    const slot = freshSlot()
    const stale = await saveNew(store, slot, 'first')
    const newest = await saveNew(store, slot, 'second')
    for (const ifEventId of [null, stale.eventId, newest.eventId, newEventId()]) {
      assert.equal(await store.save(stale, { ifEventId }), 'superseded')
    }
    await assertHolds(store, newest)
  })

  it('S4 a retry of the newest save answers unchanged between stale retries', async ({ store }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    for (const stale of replaced) {
      assert.equal(await store.save(stale), 'superseded')
      assert.equal(await store.save(newest), 'unchanged')
    }
  })

  it(`S4 ${callers} concurrent stale retries change nothing`, async ({ store }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    const answers = await race(callers, (caller) =>
      store.save(replaced[caller % replaced.length] ?? newest),
    )
    assert.deepEqual(tally(answers), { superseded: callers })
    await assertHolds(store, newest)
  })

  it('S4 each slot remembers its own replaced event ids', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const neighbor = await saveNew(store, { identity, kind: 'task.other' }, 'first')
    const stale = await saveNew(store, { identity, kind }, 'first')
    await saveNew(store, { identity, kind }, 'second')
    assert.equal(await store.save(neighbor), 'unchanged')
    assert.equal(await store.save(stale), 'superseded')
  })

  itIfDurable('S4 a reopened store remembers the replaced event ids', async ({ store, open }) => {
    const { replaced, newest } = await saveGenerations(store, freshSlot())
    await store.close()
    const reopened = await open()
    for (const stale of replaced) assert.equal(await reopened.save(stale), 'superseded')
    await assertHolds(reopened, newest)
  })
}

/** Saves as many generations as a slot remembers event ids of, then the newest one. */
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
