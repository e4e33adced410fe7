import assert from 'node:assert/strict'
import {
  allOfTenant,
  isHarborageError,
  newEventId,
  tenantOwner,
  userOwner,
  type Owner,
} from '@harborage/core'
import { REMEMBERED_EVENT_IDS, type DumpedSlot } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { assertHolds } from './support/assert-slot.ts'
import {
  comparable,
  dumpOf,
  filledTenants,
  loadInBatches,
  maintenance,
  ofTenant,
  ownersOf,
  savedOften,
} from './support/dumps.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** Registers the cases of S18: a dump that is loaded elsewhere behaves as where it comes from. */
export function load({ it }: StateCases): void {
  it('S18 what was dumped and loaded has the same event ids, bytes, versions and dates', async ({
    store,
  }) => {
    const { from, to } = await filledTenants(store)
    const slots = await dumpOf(store, from)
    assert.equal(slots.length, 9)
    const moved = slots.map((slot) => ofTenant(slot, to))
    assert.deepEqual(await loadInBatches(store, moved, 4), { loaded: 9, unchanged: 0 })
    assert.deepEqual(comparable(await dumpOf(store, to)), comparable(slots))
    for (const { replaced: _, ...slot } of moved) {
      const held = await store.loadOrThrow(slot.identity, slot.kind)
      assert.deepEqual(
        comparable([{ ...held, replaced: [] }]),
        comparable([{ ...slot, replaced: [] }]),
      )
      const { sessionId } = slot.identity
      if (sessionId === '') continue
      assert.equal((await store.loadByEventId(slot.identity, slot.eventId))?.kind, slot.kind)
    }
  })

  it('S18 lists, counts and the directory are as at the source', async ({ store }) => {
    const { from, to } = await filledTenants(store)
    await loadInBatches(
      store,
      (await dumpOf(store, from)).map((slot) => ofTenant(slot, to)),
      1_000,
    )
    for (const owner of ownersOf(from)) {
      const other = ownerIn(owner, to)
      const kinds = (await collect(store.list(owner, ''))).map(({ kind }) => kind)
      assert.deepEqual(
        (await collect(store.list(other, ''))).map(({ kind }) => kind),
        kinds,
      )
      assert.equal(await store.count(other, ''), kinds.length)
    }
    const users = await collect(store.users(allOfTenant({ tenantId: to })))
    assert.deepEqual(
      users.map(({ userId }) => userId),
      ['ann', 'bob'],
    )
    const sessions = await collect(store.sessions(allOfTenant({ tenantId: to })))
    assert.deepEqual(
      sessions.map(({ sessionId }) => sessionId),
      ['first'],
    )
  })

  it(`S18 a loaded slot remembers the ${REMEMBERED_EVENT_IDS} event ids that it replaced`, async ({
    store,
  }) => {
    const { identity, saves } = await savedOften(store)
    const to = freshIdentity()
    const moved = (await dumpOf(store, identity.tenantId)).map((slot) =>
      ofTenant(slot, to.tenantId),
    )
    await store.loadDump(maintenance, moved)
    const retries = saves.map((record) => ({ ...record, identity: to }))
    const newest = retries.at(-1)
    assert.ok(newest !== undefined)
    for (const record of retries.slice(-1 - REMEMBERED_EVENT_IDS, -1)) {
      assert.equal(await store.save(record), 'superseded')
    }
    assert.equal(await store.save(newest), 'unchanged')
    const next = { ...newest, eventId: newEventId() }
    assert.equal(await store.save(next, { ifEventId: newest.eventId }), 'saved')
    assert.equal(await store.save(newest), 'superseded')
    await assertHolds(store, next)
  })

  it('S18 later saves of a loaded slot are decided and dated as at the source', async ({
    store,
  }) => {
    const { from, to } = await filledTenants(store)
    const slots = (await dumpOf(store, from)).map((slot) => ofTenant(slot, to))
    await store.loadDump(maintenance, slots)
    const [first] = slots
    assert.ok(first !== undefined)
    const { identity, kind, eventId } = first
    const elsewhere = { ...newRecord({ identity, kind: 'task.other' }), eventId }
    await assertFails('idempotency_conflict', () => store.save(elsewhere))
    const saved = newRecord(first, 'later')
    await assertFails('condition_failed', () => store.save(saved, { ifEventId: null }))
    assert.equal(await store.saveIfEmpty(saved), 'kept')
    await saveNew(store, first, 'later')
    const held = await store.loadOrThrow(identity, kind)
    assert.deepEqual(held.createdAt, first.createdAt)
  })

  it('S18 loading again changes nothing, also after a part was loaded', async ({ store }) => {
    const { from, to } = await filledTenants(store)
    const slots = (await dumpOf(store, from)).map((slot) => ofTenant(slot, to))
    const scope = maintenance
    assert.deepEqual(await store.loadDump(scope, slots.slice(2, 5)), { loaded: 3, unchanged: 0 })
    assert.deepEqual(await store.loadDump(scope, slots), { loaded: 6, unchanged: 3 })
    assert.deepEqual(await store.loadDump(scope, slots), { loaded: 0, unchanged: 9 })
    assert.deepEqual(await store.loadDump(scope, []), { loaded: 0, unchanged: 0 })
    assert.deepEqual(comparable(await dumpOf(store, to)), comparable(slots))
  })

  it('S18 a slot that holds anything else is a conflict, and stays as it is', async ({ store }) => {
    const { identity } = await savedOften(store)
    const [slot] = await dumpOf(store, identity.tenantId)
    assert.ok(slot !== undefined)
    const others: readonly Partial<DumpedSlot>[] = [
      { eventId: newEventId() },
      { bytes: bytesOf('other') },
      { version: 8 },
      { updatedAt: new Date(5) },
      { createdAt: new Date(5) },
      { replaced: slot.replaced.slice(1) },
      { replaced: slot.replaced.toReversed() },
    ]
    const free = { ...slot, eventId: newEventId(), kind: 'task.free' }
    for (const other of others) {
      const error = await rejectionOf(() =>
        store.loadDump(maintenance, [{ ...free }, { ...slot, ...other }]),
      )
      assert.ok(isHarborageError(error, 'dump_conflict'), Object.keys(other).join())
      assert.deepEqual(error.entry, { list: 'records', index: 1 })
    }
    assert.deepEqual(
      comparable([slot]),
      comparable((await dumpOf(store, identity.tenantId)).slice(0, 1)),
    )
  })

  it('S18 an event id that another slot of the tenant holds is a conflict', async ({ store }) => {
    const { identity } = await savedOften(store)
    const [slot] = await dumpOf(store, identity.tenantId)
    assert.ok(slot !== undefined)
    const { runId: _, ...session } = identity
    for (const taken of [
      { ...slot, kind: 'task.other' },
      { ...slot, identity: { ...session, sessionId: 'other', runId: '' } },
    ]) {
      await assertFails('dump_conflict', () => store.loadDump(maintenance, [taken]))
      assert.equal(await store.load(taken.identity, taken.kind), undefined)
    }
    const away = ofTenant(slot, freshIdentity().tenantId)
    assert.deepEqual(await store.loadDump(maintenance, [away]), { loaded: 1, unchanged: 0 })
  })

  it('S18 what a dump yields is the caller’s own, and what is loaded is captured', async ({
    store,
  }) => {
    const { identity } = await savedOften(store)
    const to = freshIdentity()
    const [slot] = await dumpOf(store, identity.tenantId)
    assert.ok(slot !== undefined)
    const moved = ofTenant(slot, to.tenantId)
    const bytes = new Uint8Array(slot.bytes)
    const loading = store.loadDump(maintenance, [{ ...moved, bytes }])
    bytes.fill(0)
    await loading
    slot.bytes.fill(0)
    for (const { tenantId } of [identity, to]) {
      const [held] = await dumpOf(store, tenantId)
      assert.notEqual(held?.bytes.at(-1), 0)
    }
  })
}

function ownerIn({ userId, sessionId, runId = '' }: Owner, tenantId: string): Owner {
  if (userId === '') return tenantOwner({ tenantId })
  return sessionId === '' ? userOwner({ tenantId, userId }) : { tenantId, userId, sessionId, runId }
}
