import assert from 'node:assert/strict'
import { newEventId, userOwner } from '@harborage/core'
import type { NewStateRecord, Slot, StateStore, TouchOptions } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { assertExpires, assertHidden, saveExpired } from './support/expiring.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** Registers the cases of S13 about `touch`: it moves an expiry, and never revives. */
export function touching({ it, callers }: StateCases): void {
  it('S13 touch moves the expiry of a record, and nothing else of it', async ({ store }) => {
    const slot = uniqueSlot()
    const replaced = await saveNew(store, slot, 'replaced')
    const record = { ...newRecord(slot), version: 7, updatedAt: new Date(5_000) }
    await store.save(record)
    const before = await store.loadOrThrow(slot.identity, slot.kind)
    for (const expiresAt of [FUTURE, new Date(8.64e15), null]) {
      assert.equal(await touch(store, record, expiresAt), true)
      await assertExpires(store, record, expiresAt ?? undefined)
    }
    assert.deepEqual(await store.loadOrThrow(slot.identity, slot.kind), before)
    assert.equal(await store.save(record), 'unchanged')
    assert.equal(await store.save(replaced), 'superseded')
  })

  it('S13 a touched record expires, and no touch revives it', async ({ store }) => {
    const record = await saveNew(store, uniqueSlot())
    assert.equal(await touch(store, record, PAST), true)
    await assertHidden(store, record)
    for (const expiresAt of [FUTURE, null, PAST]) {
      assert.equal(await touch(store, record, expiresAt), false)
      await assertHidden(store, record)
    }
    assert.equal(await store.save(record), 'unchanged')
  })

  it('S13 touch of an empty slot changes nothing, and of another event id fails', async ({
    store,
  }) => {
    const slot = uniqueSlot()
    const absent = newRecord(slot)
    assert.equal(await touch(store, absent, FUTURE), false)
    const record = await saveNew(store, slot)
    await assertFails('condition_failed', () => touch(store, absent, PAST))
    await assertExpires(store, record, undefined)
    const successor = await saveExpired(store, slot)
    assert.equal(await touch(store, record, FUTURE), false)
    await assertHidden(store, successor)
  })

  it('S13 touch reaches its own slot only', async ({ store }) => {
    const { identity, kind } = uniqueSlot()
    const { tenantId, userId, sessionId } = identity
    const similar = [
      { identity, kind: `${kind}2` },
      { identity: { tenantId, userId, sessionId }, kind },
      { identity: userOwner({ tenantId, userId }), kind },
    ]
    const records: NewStateRecord[] = []
    for (const slot of similar) records.push(await saveNew(store, slot))
    const touched = await saveNew(store, { identity, kind })
    await touch(store, touched, PAST)
    for (const record of records) {
      const found = await store.loadOrThrow(record.identity, record.kind)
      assert.equal(found.expiresAt, undefined)
    }
  })

  it('S13 a save replaces the expiry of a touch', async ({ store }) => {
    const record = await saveNew(store, uniqueSlot())
    await touch(store, record, FUTURE)
    const next = await saveNew(store, record)
    await assertExpires(store, next, undefined)
  })

  it(`S13 of ${callers} touches and saves each is applied as a whole`, async ({ store }) => {
    const slot = uniqueSlot()
    const record = await saveNew(store, slot)
    const saves = Array.from({ length: callers }, () => newRecord(slot))
    const answers = await race(callers * 2, async (caller) => {
      const save = saves[caller]
      if (save !== undefined) return store.save(save)
      return touch(store, record, PAST).catch(() => false)
    })
    assert.equal(answers.filter((answer) => answer === 'saved').length, callers)
    const held = await store.loadOrThrow(slot.identity, slot.kind)
    assert.equal(held.expiresAt, undefined)
  })

  it('S13 touch refuses malformed options', async ({ store }) => {
    const record = await saveNew(store, uniqueSlot())
    const { identity, kind, eventId: ifEventId } = record
    for (const options of [
      undefined,
      {},
      { ifEventId },
      { expiresAt: FUTURE },
      { ifEventId, expiresAt: undefined },
      { ifEventId, expiresAt: new Date(0) },
      { ifEventId: null, expiresAt: FUTURE },
      { ifEventId, expiresAt: FUTURE, until: FUTURE },
    ]) {
      const wrong = malformed<TouchOptions>(options)
      await assertFails('invalid_record', () => store.touch(identity, kind, wrong))
    }
    const other = { ifEventId: newEventId(), expiresAt: FUTURE }
    await assertFails('condition_failed', () => store.touch(identity, kind, other))
    await assertExpires(store, record, undefined)
  })
}

/** Returns an empty slot of a kind that no other case uses. */
function uniqueSlot() {
  return { ...freshSlot(), kind: freshKindPrefix() }
}

function touch(
  store: StateStore,
  { identity, kind, eventId }: Slot & Pick<NewStateRecord, 'eventId'>,
  expiresAt: Date | null,
): Promise<boolean> {
  return store.touch(identity, kind, { ifEventId: eventId, expiresAt })
}
