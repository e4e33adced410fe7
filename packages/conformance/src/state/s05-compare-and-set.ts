import assert from 'node:assert/strict'
import { type EventId, newEventId } from '@harborage/core'
import type { Slot, StateStore } from '@harborage/state'
import { answerOf } from '../support/answer-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { malformed } from '../support/malformed.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'

const INCREMENTS = 8

/**
 * Registers the cases of S5: a guarded save or delete is applied only if the slot holds what the
 * caller expects.
 */
export function compareAndSet({ it, itIfShared, callers }: StateCases): void {
  it('S5 a guarded save replaces the expected generation', async ({ store }) => {
    const slot = freshSlot()
    const first = newRecord(slot, 'first')
    assert.equal(await store.save(first, { ifEventId: null }), 'saved')
    const second = newRecord(slot, 'second')
    assert.equal(await store.save(second, { ifEventId: first.eventId }), 'saved')
    await assertHolds(store, second)
    assert.equal(await store.loadByEventId(slot.identity, first.eventId), undefined)
  })

  it('S5 a guarded save over an unexpected generation fails and changes nothing', async ({
    store,
  }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const held = await saveNew(store, slot, 'second')
    for (const ifEventId of [first.eventId, newEventId()]) {
      const record = newRecord(slot, 'rejected')
      await assertFails('condition_failed', () => store.save(record, { ifEventId }))
      assert.equal(await store.loadByEventId(slot.identity, record.eventId), undefined)
    }
    await assertHolds(store, held)
  })

  it('S5 a save that expects an empty slot fails if the slot holds a record', async ({ store }) => {
    const held = await saveNew(store, freshSlot())
    const record = newRecord(held, 'rejected')
    await assertFails('condition_failed', () => store.save(record, { ifEventId: null }))
    await assertHolds(store, held)
  })

  it('S5 a guarded save that expects a record fails on an empty slot and leaves it empty', async ({
    store,
  }) => {
    const record = newRecord(freshSlot())
    await assertFails('condition_failed', () => store.save(record, { ifEventId: newEventId() }))
    await assertEmpty(store, record)
  })

  it('S5 a retry of a guarded save answers unchanged although its condition no longer holds', async ({
    store,
  }) => {
    const slot = freshSlot()
    const first = newRecord(slot, 'first')
    assert.equal(await store.save(first, { ifEventId: null }), 'saved')
    assert.equal(await store.save(first, { ifEventId: null }), 'unchanged')
    const second = newRecord(slot, 'second')
    assert.equal(await store.save(second, { ifEventId: first.eventId }), 'saved')
    assert.equal(await store.save(second, { ifEventId: first.eventId }), 'unchanged')
    assert.equal(await store.save(second, { ifEventId: newEventId() }), 'unchanged')
  })

  it('S5 a guarded save of a used event id fails with the conflict, not with its condition', async ({
    store,
  }) => {
    const held = await saveNew(store, freshSlot())
    for (const ifEventId of [null, held.eventId, newEventId()]) {
      const other = { ...held, bytes: bytesOf('other') }
      await assertFails('idempotency_conflict', () => store.save(other, { ifEventId }))
      const elsewhere = { ...held, kind: 'task.other' }
      await assertFails('idempotency_conflict', () => store.save(elsewhere, { ifEventId }))
    }
    await assertHolds(store, held)
  })

  it('S5 an undefined expectation is rejected, not ignored', async ({ store }) => {
    const held = await saveNew(store, freshSlot())
    const options = { ifEventId: malformed<EventId>(undefined) }
    await assertFails('invalid_record', () => store.save(newRecord(held, 'rejected'), options))
    await assertFails('invalid_record', () => store.delete(held.identity, held.kind, options))
    await assertHolds(store, held)
  })

  it('S5 a guarded delete removes only the expected generation', async ({ store }) => {
    const slot = freshSlot()
    const first = await saveNew(store, slot, 'first')
    const second = await saveNew(store, slot, 'second')
    const deleteIf = (ifEventId: EventId) => store.delete(slot.identity, slot.kind, { ifEventId })
    await assertFails('condition_failed', () => deleteIf(first.eventId))
    await assertHolds(store, second)
    assert.equal(await deleteIf(second.eventId), true)
    await assertEmpty(store, slot)
    assert.equal(await deleteIf(second.eventId), false)
  })

  it(`S5 of ${callers} callers that fill one empty slot, exactly one wins`, async ({ store }) => {
    await assertOneWins(callers, freshSlot(), null, [store])
  })

  it(`S5 of ${callers} callers that replace one generation, exactly one wins`, async ({
    store,
  }) => {
    const first = await saveNew(store, freshSlot(), 'first')
    await assertOneWins(callers, first, first.eventId, [store])
  })

  itIfShared(
    `S5 of ${callers} callers in several stores, exactly one wins`,
    async ({ store, open }) => {
      const stores = [store, await open(), await open(), await open()]
      await assertOneWins(callers, freshSlot(), null, stores)
      const first = await saveNew(store, freshSlot(), 'first')
      await assertOneWins(callers, first, first.eventId, stores)
    },
  )

  it(`S5 of ${callers} callers that replace or delete one generation, exactly one wins`, async ({
    store,
  }) => {
    const first = await saveNew(store, freshSlot(), 'first')
    const { identity, kind, eventId } = first
    const answers = await race(callers, (caller) =>
      caller % 2 === 0
        ? store.save(newRecord(first), { ifEventId: eventId })
        : store.delete(identity, kind, { ifEventId: eventId }),
    )
    assert.equal(answers.filter((answer) => answer === 'saved' || answer === 'true').length, 1)
    const isHeld = (await store.load(identity, kind)) !== undefined
    assert.equal(isHeld, answers.includes('saved'))
  })

  it('S5 no increment of concurrent callers is lost', async ({ store }) => {
    const slot = freshSlot()
    // Few, because each increment makes the attempts of all other callers fail.
    const incrementing = Math.max(4, callers / 8)
    const total = incrementing * INCREMENTS
    await race(incrementing, async () => {
      for (let done = 0; done < INCREMENTS; done += 1) await increment(store, slot, total)
    })
    const held = await store.loadOrThrow(slot.identity, slot.kind)
    assert.equal(textOf(held.bytes), String(total))
  })
}

async function assertOneWins(
  callers: number,
  slot: Slot,
  ifEventId: EventId | null,
  stores: readonly StateStore[],
): Promise<void> {
  const records = Array.from({ length: callers }, (_, caller) => newRecord(slot, `${caller}`))
  const answers = await Promise.all(
    records.map((record, caller) => {
      const store = stores[caller % stores.length]
      return answerOf(async () => store?.save(record, { ifEventId }))
    }),
  )
  assert.deepEqual(tally(answers), { saved: 1, condition_failed: callers - 1 })
  for (const store of stores) {
    const winner = records[answers.indexOf('saved')] ?? newRecord(slot)
    assertSameRecord(await store.load(slot.identity, slot.kind), winner)
  }
}

/**
 * Adds one to the number that the slot holds. Retries if another caller did so in between.
 *
 * @param most The total number of increments. Each failed attempt means that another increment
 *   succeeded, so no caller needs more attempts.
 */
async function increment(store: StateStore, slot: Slot, most: number): Promise<void> {
  for (let attempt = 1; attempt <= most; attempt += 1) {
    const held = await store.load(slot.identity, slot.kind)
    const next = newRecord(slot, String(Number(held === undefined ? 0 : textOf(held.bytes)) + 1))
    const answer = await answerOf(() => store.save(next, { ifEventId: held?.eventId ?? null }))
    if (answer === 'saved') return
    assert.equal(answer, 'condition_failed')
  }
  assert.fail(`${most} attempts failed, which is more than the increments of all other callers`)
}
