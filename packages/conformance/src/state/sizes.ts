import assert from 'node:assert/strict'
import { newEventId, parseEventId } from '@harborage/core'
import {
  MAX_COMMIT_ENTRIES,
  MAX_PREFIX_SLOTS,
  REMEMBERED_EVENT_IDS,
  type NewStateRecord,
  type StateStore,
} from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { incompressibleName, longName } from '../support/long-names.ts'
import { assertEmpty, assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix, freshSlot, type RunSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { deleteSession } from '../support/delete-session.ts'

/** Above the limits of columns of 64 KiB and of 16 MiB. */
const LARGE_BYTES = 2 ** 24 + 1
const LARGE_VERSION = 2 ** 40 + 1
const NAME_BYTES = 256
const KIND_BYTES = 1_024
const EVENT_ID_BYTES = 128
const maintenance = { maintenanceScoped: true } as const

/** Registers cases with sizes above those of a page, a batch, a column and a 32-bit number. */
export function sizes({ it, itIfShared, many }: StateCases): void {
  it(`S9 list and listKind yield each of ${many} records once`, async ({ store }) => {
    const identity = freshIdentity()
    const prefix = freshKindPrefix()
    const kinds = await saveMany(store, (index) => ({ identity, kind: `${prefix}${index}` }), many)
    for (const pageSize of [100, 1_000]) {
      const listed = await collect(store.list(identity, prefix, { pageSize }))
      const found = await collect(store.listKind(maintenance, prefix, { pageSize }))
      for (const records of [listed, found]) {
        assert.deepEqual(
          records.map(({ kind }) => kind),
          kinds,
          `in pages of ${pageSize}`,
        )
      }
    }
  })

  it(`S8 deleteAll of a session removes and counts ${many} records`, async ({ store }) => {
    const identity = freshIdentity()
    const prefix = freshKindPrefix()
    const slotAt = (index: number): RunSlot => {
      return { identity: { ...identity, runId: `${index % 3}` }, kind: `${prefix}${index}` }
    }
    await saveMany(store, slotAt, many)
    assert.equal(await deleteSession(store, identity), many)
    assert.deepEqual(await collect(store.listKind(maintenance, prefix)), [])
    assert.equal(await deleteSession(store, identity), 0)
  })

  it(`S6 every expectation and delete of a commit of ${MAX_COMMIT_ENTRIES} entries counts`, async ({
    store,
  }) => {
    const identity = freshIdentity()
    const slots = Array.from({ length: MAX_COMMIT_ENTRIES }, (_, index): RunSlot => {
      return { identity, kind: `task.${index}` }
    })
    const held = slots.map((slot) => newRecord(slot))
    await store.commit({ save: held })
    const half = MAX_COMMIT_ENTRIES / 2
    const [deleted, kept] = [slots.slice(0, half), held.slice(half)]
    const last = kept.at(-1) ?? assert.fail('there is a last one')
    const newest = await saveNew(store, last, 'newest')
    await assert.rejects(store.commit({ expect: kept, delete: deleted }))
    assert.equal((await collect(store.list(identity, 'task.'))).length, MAX_COMMIT_ENTRIES)
    await store.commit({ expect: [...kept.slice(0, -1), newest], delete: deleted })
    const left = await collect(store.list(identity, 'task.'))
    assert.deepEqual(
      left.map(({ kind }) => kind),
      kept.map(({ kind }) => kind).toSorted(compareBytes),
    )
  })

  it(`S14 the prefixes of a commit empty ${MAX_PREFIX_SLOTS} slots in all, and no more`, async ({
    store,
  }) => {
    const session = freshIdentity()
    const runs = ['r1', 'r2', 'r3'].map((runId) => ({ ...session, runId }))
    const records = Array.from({ length: MAX_PREFIX_SLOTS }, (_, index) => {
      const identity = runs[index % runs.length] ?? session
      return newRecord({ identity, kind: `in.${index}` }, 'x')
    })
    for (let from = 0; from < records.length; from += MAX_COMMIT_ENTRIES) {
      await store.commit({ save: records.slice(from, from + MAX_COMMIT_ENTRIES) })
    }
    const counts = (): Promise<number[]> =>
      Promise.all([session, ...runs].map((owner) => store.count(owner, '')))
    const named = await saveNew(store, { identity: session, kind: 'named' })
    const before = await counts()
    const deletePrefix = runs.map((identity) => ({ identity, kindPrefix: 'in.' }))
    const record = newRecord({ identity: session, kind: 'new' })
    // No prefix is too large, and neither is what they empty without the named slot.
    await assertFails('result_too_large', () =>
      store.commit({ save: [record], delete: [named], deletePrefix }),
    )
    assert.deepEqual(await counts(), before)
    const [first = assert.fail('there is a first one')] = deletePrefix
    const outcome = await store.commit({
      save: [record],
      deletePrefix: [first, ...deletePrefix, { ...first, kindPrefix: '' }],
    })
    assert.equal(outcome.repeated || outcome.deleted, MAX_PREFIX_SLOTS)
    assert.deepEqual(await counts(), [2, 0, 0, 0])
  })

  it(`S7 ${LARGE_BYTES} bytes are returned unchanged`, async ({ store }) => {
    const bytes = new Uint8Array(LARGE_BYTES).fill(0xc3)
    bytes[LARGE_BYTES - 1] = 1
    const record = { ...newRecord(freshSlot()), bytes }
    assert.equal(await store.save(record), 'saved')
    const held = await store.loadOrThrow(record.identity, record.kind)
    // `deepEqual` would print all of the bytes if they differed.
    assert.equal(Buffer.compare(held.bytes, bytes), 0, 'the bytes have to be the same')
    assert.equal(await store.save(record), 'unchanged')
    await store.delete(record.identity, record.kind)
  })

  it('S7 a commit stores a version beyond 32 bits, and every read returns it', async ({
    store,
  }) => {
    const slot = { identity: freshIdentity(), kind: freshKindPrefix() }
    const record = { ...newRecord(slot), version: LARGE_VERSION }
    assert.deepEqual((await store.commit({ save: [record] })).save, ['saved'])
    assert.deepEqual((await store.commit({ save: [record] })).save, ['unchanged'])
    await assertHolds(store, record)
    assertSameRecord(await store.loadByEventId(slot.identity, record.eventId), record)
    assertSameRecord((await collect(store.list(slot.identity, slot.kind))).at(0), record)
    assertSameRecord((await collect(store.listKind(maintenance, slot.kind))).at(0), record)
  })

  it('S1 slots whose names all have the maximum length are kept apart', async ({ store }) => {
    const { tenantId } = freshIdentity()
    const records = Array.from({ length: 32 }, (_, variant): NewStateRecord => {
      const ending = (part: number): string => ((variant >> part) % 2 === 0 ? 'é' : 'è')
      const name = (part: number): string => incompressibleName(NAME_BYTES, ending(part))
      const identity = {
        tenantId: incompressibleName(NAME_BYTES, `${tenantId}${ending(0)}`),
        userId: name(1),
        sessionId: name(2),
        runId: name(3),
      }
      const eventId = parseEventId(longName(EVENT_ID_BYTES, `${variant}`))
      const kind = incompressibleName(KIND_BYTES, ending(4))
      return { ...newRecord({ identity, kind }, `${variant}`), eventId }
    })
    for (const record of records) assert.equal(await store.save(record), 'saved')
    for (const record of records) {
      await assertHolds(store, record)
      assertSameRecord(await store.loadByEventId(record.identity, record.eventId), record)
      assertSameRecord((await collect(store.list(record.identity, record.kind))).at(0), record)
    }
  })

  it(`S4 a retry of each of the last ${REMEMBERED_EVENT_IDS} replaced event ids of maximum length answers superseded`, async ({
    store,
  }) => {
    const slot = freshSlot()
    const records = Array.from({ length: REMEMBERED_EVENT_IDS + 1 }, (_, index) => {
      const eventId = parseEventId(longName(EVENT_ID_BYTES, newEventId()))
      return { ...newRecord(slot, `${index}`), eventId }
    })
    for (const record of records) assert.equal(await store.save(record), 'saved')
    for (const stale of records.slice(0, -1)) assert.equal(await store.save(stale), 'superseded')
  })

  itIfShared(
    'S8 a store sees what another store changed or deleted after its own reads',
    async ({ store, open }) => {
      const other = await open()
      const identity = freshIdentity()
      const readAll = async (expected: readonly NewStateRecord[]): Promise<void> => {
        for (const record of expected) {
          await assertHolds(store, record)
          assertSameRecord(await store.loadByEventId(identity, record.eventId), record)
        }
        const listed = await collect(store.list(identity, 'task.'))
        assert.deepEqual(
          listed.map(({ eventId }) => eventId),
          expected.map(({ eventId }) => eventId),
        )
      }
      const [a, b, c] = ['task.a', 'task.b', 'task.c'].map((kind) => ({ identity, kind }))
      assert.ok(a !== undefined && b !== undefined && c !== undefined)
      const [heldA, heldB, heldC] = [
        await saveNew(store, a),
        await saveNew(store, b),
        await saveNew(store, c),
      ]
      await readAll([heldA, heldB, heldC])
      const newestA = await saveNew(other, a, 'newest')
      await readAll([newestA, heldB, heldC])
      assert.equal(await other.delete(identity, b.kind), true)
      await readAll([newestA, heldC])
      await assertEmpty(store, b)
      await other.commit({ delete: [c] })
      await readAll([newestA])
      await assertEmpty(store, c)
      assert.equal(await deleteSession(other, identity), 1)
      await readAll([])
      await assertEmpty(store, a)
      assert.equal(await store.loadByEventId(identity, newestA.eventId), undefined)
      assert.equal(await store.save(newestA, { ifEventId: null }), 'saved')
    },
  )
}

/** Saves many records at once, and resolves to their kinds in the order of a walk. */
async function saveMany(
  store: StateStore,
  slotAt: (index: number) => RunSlot,
  count: number,
): Promise<string[]> {
  const slots = Array.from({ length: count }, (_, index) => slotAt(index))
  await Promise.all(slots.map((slot) => saveNew(store, slot, 'x')))
  return slots.map(({ kind }) => kind).toSorted(compareBytes)
}
