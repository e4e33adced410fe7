import assert from 'node:assert/strict'
import type { NewStateRecord, Slot, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { FUTURE, malformedExpiries, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { assertHolds } from './support/assert-slot.ts'
import { assertExpires, assertHidden, saveExpired, untilEmpty } from './support/expiring.ts'
import { dumpOf, maintenance, ofTenant } from './support/dumps.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { fillings, saves } from './support/saves-over.ts'
import { inADifferentHour } from '../support/shifted-clock.ts'
import type { StateCases } from './support/state-cases.ts'

/** The number of records that expire at the same time, and how often. */
const MANY = 500
const ROUNDS = 3

const HALF_AN_HOUR_MS = 30 * 60 * 1000

/** Registers the cases of S13: an expired record is hidden, and its event ids are not. */
export function expiry({ it, callers }: StateCases): void {
  it('S13 every read returns when a record expires, and undefined if it does not', async ({
    store,
  }) => {
    for (const expiresAt of [FUTURE, new Date(8.64e15), undefined]) {
      const record = { ...newRecord(uniqueSlot()), expiresAt }
      await store.save(record)
      await assertExpires(store, record, expiresAt)
      const found = await store.loadOrThrow(record.identity, record.kind)
      found.expiresAt?.setTime(1)
      await assertExpires(store, record, expiresAt)
    }
  })

  it('S13 no read finds an expired record', async ({ store }) => {
    for (const expiresAt of [PAST, new Date(1)]) {
      const record = { ...newRecord(uniqueSlot()), expiresAt }
      await store.save(record)
      await assertHidden(store, record)
      await assertFails('not_found', () => store.loadOrThrow(record.identity, record.kind))
    }
  })

  it('S13 a list goes on behind expired records, and its limit does not count them', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const kinds = Array.from({ length: 12 }, (_, index) => `task.${index + 10}`)
    const visible = kinds.filter((_, index) => index % 3 === 2)
    for (const kind of kinds) {
      await (visible.includes(kind) ? saveNew : saveExpired)(store, { identity, kind })
    }
    for (const pageSize of [1, 2, 3, 100]) {
      const listed = await collect(store.list(identity, 'task.', { pageSize }))
      assert.deepEqual(
        listed.map(({ kind }) => kind),
        visible,
      )
      const options = { pageSize, order: 'descending', limit: 2 } as const
      const newest = await collect(store.listKeys(identity, 'task.', options))
      assert.deepEqual(
        newest.map(({ kind }) => kind),
        visible.toReversed().slice(0, 2),
      )
    }
    assert.equal(await store.count(identity, 'task.'), visible.length)
    const many = await store.loadMany(kinds.map((kind) => ({ identity, kind })))
    assert.deepEqual(many.map((each) => each?.kind).filter(Boolean), visible)
  })

  it('S13 listKind goes on behind expired records', async ({ store }) => {
    const prefix = freshKindPrefix()
    const visible: string[] = []
    for (let index = 0; index < 12; index += 1) {
      const slot = { identity: freshIdentity(), kind: `${prefix}${index + 10}` }
      if (index % 3 !== 2) await saveExpired(store, slot)
      else visible.push((await saveNew(store, slot)).kind)
    }
    for (const pageSize of [1, 2, 100]) {
      const walk = store.listKind({ maintenanceScoped: true }, prefix, { pageSize })
      assert.deepEqual(
        (await collect(walk)).map(({ kind }) => kind),
        visible,
      )
    }
  })

  for (const [name, call] of Object.entries(saves)) {
    it(`S13 a ${name} replaces the expiry`, async ({ store }) => {
      const slot = uniqueSlot()
      for (const expiresAt of [FUTURE, undefined, FUTURE, PAST]) {
        const record = { ...newRecord(slot), expiresAt }
        await call(store, record)
        if (expiresAt === PAST) await assertHidden(store, record)
        else await assertSlotExpires(store, record, expiresAt)
      }
    })
  }

  for (const [name, call] of Object.entries({ ...saves, ...fillings })) {
    it(`S13 a ${name} over an expired record fills the slot anew, and keeps its event ids`, async ({
      store,
    }) => {
      const slot = uniqueSlot()
      const first = { ...newRecord(slot, 'first'), updatedAt: new Date(1_000) }
      const expired = { ...newRecord(slot), updatedAt: new Date(2_000), expiresAt: PAST }
      for (const record of [first, expired]) await store.save(record)
      const next = { ...newRecord(slot, 'next'), updatedAt: new Date(3_000), expiresAt: FUTURE }
      await call(store, next)
      await assertSlotExpires(store, next, FUTURE)
      assert.deepEqual((await load(store, next)).createdAt, next.updatedAt)
      for (const record of [first, expired]) assert.equal(await store.save(record), 'superseded')
      await store.save(newRecord(slot, 'later'))
      assert.deepEqual((await load(store, next)).createdAt, next.updatedAt)
    })
  }

  it('S13 an expectation of an expired record fails, and nothing is changed', async ({ store }) => {
    const expired = await saveExpired(store, uniqueSlot())
    const { identity, kind, eventId } = expired
    const other = newRecord({ identity, kind: `other/${kind}` })
    const failing = {
      save: () => store.save(newRecord(expired), { ifEventId: eventId }),
      guard: () => store.commit({ expect: [expired], save: [other] }),
      'guard of a filling': () => store.commit({ expect: [expired], saveIfEmpty: [other] }),
      expectation: () => store.commit({ expect: [expired] }),
      commit: () => store.commit({ expect: [expired], save: [newRecord(expired), other] }),
      delete: () => store.commit({ expect: [expired], save: [other], delete: [expired] }),
    }
    for (const [name, call] of Object.entries(failing)) {
      await assertFails('condition_failed', call, name)
      await assertHidden(store, expired)
      assert.equal(await store.load(identity, other.kind), undefined, name)
    }
  })

  it('S13 an expectation that a slot is empty holds for an expired record, which stays', async ({
    store,
  }) => {
    const expired = await saveExpired(store, uniqueSlot())
    const { identity, kind } = expired
    const empty = { identity, kind, eventId: null }
    const other = newRecord({ identity, kind: `other/${kind}` })
    await store.commit({ expect: [empty] })
    assert.deepEqual((await store.commit({ expect: [empty], save: [other] })).save, ['saved'])
    await assertHolds(store, other)
    assert.equal(await store.save(expired), 'unchanged')
  })

  it('S13 a repeated save of an expired record changes nothing, and a replaced one is superseded', async ({
    store,
  }) => {
    const slot = uniqueSlot()
    const replaced = await saveNew(store, slot, 'replaced')
    const expired = await saveExpired(store, slot)
    const revived = { ...expired, expiresAt: FUTURE }
    for (const record of [expired, revived]) {
      assert.equal(await store.save(record), 'unchanged')
      assert.equal(await store.save(record, { ifEventId: null }), 'unchanged')
      assert.equal(await store.saveIfEmpty(record), 'unchanged')
      assert.equal((await store.commit({ save: [record] })).repeated, true)
    }
    assert.equal(await store.save(replaced), 'superseded')
    assert.equal(await store.saveIfEmpty(replaced), 'kept')
    await assertHidden(store, expired)
    const other = { ...expired, bytes: Buffer.from('other') }
    await assertFails('idempotency_conflict', () => store.save(other))
    await assertFails('idempotency_conflict', () => store.saveIfEmpty(other))
  })

  it('S13 the event id of an expired record is not free for another slot', async ({ store }) => {
    const expired = await saveExpired(store, uniqueSlot())
    const elsewhere = { ...expired, kind: `other/${expired.kind}` }
    await assertFails('idempotency_conflict', () => store.save(elsewhere))
    await assertFails('idempotency_conflict', () => store.save(elsewhere, { ifEventId: null }))
    await assertFails('idempotency_conflict', () => store.saveIfEmpty(elsewhere))
    await assertFails('idempotency_conflict', () => store.commit({ save: [elsewhere] }))
    // Neither is it if the same commit replaces the record.
    const next = newRecord(expired)
    for (const commit of [
      { save: [elsewhere], saveIfEmpty: [next] },
      { save: [elsewhere, next] },
      { save: [elsewhere, next], expect: [{ ...expired, eventId: null }] },
    ]) {
      await assertFails('idempotency_conflict', () => store.commit(commit))
    }
  })

  it(`S13 of ${callers} callers that fill an expired slot exactly one does`, async ({ store }) => {
    const slot = uniqueSlot()
    for (const fill of [
      (record: NewStateRecord) => store.saveIfEmpty(record),
      (record: NewStateRecord) =>
        store.save(record, { ifEventId: null }).catch(() => 'refused' as const),
    ]) {
      await saveExpired(store, slot)
      const outcomes = await race(callers, () => fill(newRecord(slot)))
      assert.equal(outcomes.filter((outcome) => outcome === 'saved').length, 1)
    }
  })

  it('S13 a record expires when its time has come, and stays expired', async ({ store }) => {
    const slot = uniqueSlot()
    const record = { ...newRecord(slot), expiresAt: new Date(Date.now() + 20) }
    await store.save(record)
    await untilEmpty(store, slot)
    await assertHidden(store, record)
  })

  it('S13 records that expire at the same time are found all or not at all', async ({ store }) => {
    const identity = freshIdentity()
    const kinds = Array.from({ length: MANY }, (_, index) => `task.${index}`)
    const slots = kinds.map((kind) => ({ identity, kind }))
    for (let round = 0; round < ROUNDS; round += 1) {
      const expiresAt = new Date(Date.now() + 40)
      await store.commit({ save: slots.map((slot) => ({ ...newRecord(slot), expiresAt })) })
      for (let left = MANY; left > 0;) {
        const found = (await store.loadMany(slots)).filter((record) => record !== undefined)
        left = await store.count(identity, '')
        for (const number of [found.length, left]) {
          assert.ok(number === 0 || number === MANY, `${number} of ${MANY} are found`)
        }
      }
    }
  })

  it('S13 a record expires by the clock of the database and not by that of the process', async ({
    store,
  }) => {
    const soon = { ...newRecord(uniqueSlot()), expiresAt: inHalfAnHour(+1) }
    const past = { ...newRecord(uniqueSlot()), expiresAt: inHalfAnHour(-1) }
    for (const record of [soon, past]) await store.save(record)
    for (const hours of [+1, -1]) {
      await inADifferentHour(hours, async () => {
        assert.equal((await load(store, soon)).eventId, soon.eventId)
        assert.equal(await store.count(soon.identity, ''), 1)
        await assertHidden(store, past)
        assert.equal(await store.saveIfEmpty(newRecord(soon)), 'kept')
      })
    }
    await inADifferentHour(-1, async () => {
      assert.equal(await store.saveIfEmpty(newRecord(past)), 'saved')
    })
  })

  it('S13 an expired record is dumped, and loaded as an expired one', async ({ store }) => {
    const slot = uniqueSlot()
    const replaced = await saveNew(store, slot)
    await saveExpired(store, slot)
    const [dumped, ...others] = await dumpOf(store, slot.identity.tenantId)
    assert.ok(dumped !== undefined && others.length === 0)
    assert.deepEqual(dumped.expiresAt, PAST)
    const copy = ofTenant(dumped, freshIdentity().tenantId)
    const { identity, kind } = copy
    for (const outcome of ['loaded', 'unchanged'] as const) {
      assert.equal((await store.loadDump(maintenance, [copy]))[outcome], 1)
    }
    await assertFails('dump_conflict', () =>
      store.loadDump(maintenance, [{ ...copy, expiresAt: FUTURE }]),
    )
    await assertHidden(store, copy)
    assert.equal(await store.save({ ...replaced, identity }), 'superseded')
    assert.equal(await store.saveIfEmpty(newRecord({ identity, kind })), 'saved')
  })

  it('S13 refuses a malformed expiry', async ({ store }) => {
    const record = newRecord(uniqueSlot())
    for (const expiresAt of malformedExpiries) {
      const wrong = malformed<NewStateRecord>({ ...record, expiresAt })
      await assertFails('invalid_record', () => store.save(wrong))
      await assertFails('invalid_record', () => store.commit({ saveIfEmpty: [wrong] }))
    }
    assert.equal(await store.load(record.identity, record.kind), undefined)
  })
}

/** Returns an empty slot of a kind that no other case uses. */
function uniqueSlot(): Slot {
  return { ...freshSlot(), kind: freshKindPrefix() }
}

function inHalfAnHour(sign: number): Date {
  return new Date(Date.now() + sign * HALF_AN_HOUR_MS)
}

async function load(store: StateStore, { identity, kind }: Slot) {
  return store.loadOrThrow(identity, kind)
}

async function assertSlotExpires(
  store: StateStore,
  record: NewStateRecord,
  expiresAt: Date | undefined,
): Promise<void> {
  await assertHolds(store, record)
  assert.deepEqual((await load(store, record)).expiresAt, expiresAt)
}
