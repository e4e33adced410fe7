import assert from 'node:assert/strict'
import { newEventId, tenantOwner, userOwner, type Owner } from '@harborage/core'
import type { NewStateRecord, StateRecord, StateStore } from '@harborage/state'
import { answerOf } from '../support/answer-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { similarNames } from '../support/similar-names.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { deletedBy } from './support/saves-of.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods } from './support/store-methods.ts'

const KIND = 'task.checkpoint'
const maintenance = { maintenanceScoped: true } as const

/** Returns an owner of each wide level, of a tenant that no other case uses. */
function freshWideOwners(): readonly Owner[] {
  const { tenantId } = freshIdentity()
  return [userOwner({ tenantId, userId: 'ann' }), tenantOwner({ tenantId })]
}

/** Registers the cases of S15: a slot belongs to one owner: a run, session, user or tenant. */
export function owners({ it, itIfDurable }: StateCases): void {
  it('S15 every method takes a user or a tenant as the owner', async ({ store }) => {
    for (const identity of freshWideOwners()) {
      const record = await saveNew(store, { identity, kind: KIND })
      await assertHolds(store, record)
      assert.deepEqual((await store.loadOrThrow(identity, KIND)).identity, { ...identity })
      const [first, none] = await store.loadMany([record, { identity, kind: 'none' }])
      assert.equal(first?.eventId, record.eventId)
      assert.equal(none, undefined)
      assert.equal((await store.loadByEventId(identity, record.eventId))?.kind, KIND)
      assert.equal((await store.loadByEventIdOrThrow(identity, record.eventId)).kind, KIND)
      assert.equal((await collect(store.list(identity, 'task.'))).length, 1)
      assert.equal((await collect(store.listKeys(identity, ''))).length, 1)
      assert.equal(await store.count(identity, ''), 1)
      const next = newRecord({ identity, kind: KIND }, 'next')
      const expect = [{ identity, kind: KIND, eventId: record.eventId }]
      assert.deepEqual((await store.commit({ expect, save: [next] })).save, ['saved'])
      assert.equal(await store.save(record), 'superseded')
      assert.equal(await store.delete(identity, KIND, { ifEventId: next.eventId }), true)
      await assertEmpty(store, record)
    }
  })

  it('S15 the user or tenant of a record is an owner that every method accepts', async ({
    store,
  }) => {
    for (const identity of freshWideOwners()) {
      const kind = `${newEventId()}.kind`
      const record = await saveNew(store, { identity, kind })
      const found = [
        await store.loadOrThrow(identity, kind),
        await store.loadByEventIdOrThrow(identity, record.eventId),
        ...(await store.loadMany([record])),
        // A slot that is named twice is copied for its second place.
        ...(await store.loadMany([record, record])),
        ...(await collect(store.list(identity, kind))),
        ...(await collect(store.listKind(maintenance, kind))),
      ]
      assert.equal(found.length, 7)
      for (const each of found) await assertAccepted(store, each ?? assert.fail('not found'))
      for (const key of await collect(store.listKeys(identity, ''))) {
        assert.equal((await store.loadMany([key]))[0]?.eventId, record.eventId)
        assert.equal(await store.count(key.identity, ''), 1)
      }
    }
  })

  it('S15 a slot of one owner is reached through no other', async ({ store }) => {
    const records = await saveForEachOwner(store)
    const loaded = await store.loadMany(records)
    assert.deepEqual(
      loaded.map((each) => each?.eventId),
      records.map(eventIdOf),
    )
    for (const record of records) {
      const { identity, eventId } = record
      await assertHolds(store, record)
      const listed = await collect(store.list(identity, 'task.'))
      assert.deepEqual(listed.map(eventIdOf), [eventId])
      const keys = await collect(store.listKeys(identity, ''))
      assert.deepEqual(keys.map(eventIdOf), [eventId])
      assert.equal(await store.count(identity, ''), 1)
      assert.equal((await store.loadByEventId(identity, eventId))?.eventId, eventId)
      for (const other of records.filter((each) => !isOfSameSession(each, record))) {
        assert.equal(await store.loadByEventId(other.identity, eventId), undefined)
      }
    }
  })

  it('S15 a delete and a commit leave the slots of other owners alone', async ({ store }) => {
    const records = await saveForEachOwner(store)
    for (const [place, record] of records.entries()) {
      const { identity } = record
      const deletePrefix = [{ identity, kindPrefix: '' }]
      if (place % 3 === 0) assert.equal(await store.delete(identity, KIND), true)
      else if (place % 3 === 1) assert.equal(await deletedBy(store.commit({ delete: [record] })), 1)
      else assert.equal(await deletedBy(store.commit({ deletePrefix })), 1)
      await assertEmpty(store, record)
      for (const kept of records.slice(place + 1)) await assertHolds(store, kept)
    }
  })

  it('S15 the event id of one owner lets no other save over its slot or delete it', async ({
    store,
  }) => {
    const records = await saveForEachOwner(store)
    const { tenantId } = records[0].identity
    for (const record of records) {
      const { eventId: ifEventId, identity } = record
      const own = newRecord({ identity: { ...identity, tenantId: `${tenantId}-2` }, kind: KIND })
      const others: readonly Owner[] = [
        ...records.filter((each) => each !== record).map((each) => each.identity),
        { tenantId, userId: 'empty', sessionId: 'first' },
        ...(identity.sessionId === '' ? [] : [own.identity]),
      ]
      for (const other of others) {
        const next = newRecord({ identity: other, kind: KIND })
        await assertFails('condition_failed', () => store.save(next, { ifEventId }))
        const answer = await answerOf(() => store.delete(other, KIND, { ifEventId }))
        assert.ok(answer === 'false' || answer === 'condition_failed', answer)
      }
      await assertHolds(store, record)
    }
  })

  it('S15 an event id that two tenants use is deleted of one of them only', async ({ store }) => {
    const record = await saveNew(store, { identity: freshIdentity(), kind: KIND })
    const other = { ...record, identity: freshIdentity() }
    assert.equal(await store.save(other), 'saved')
    const { identity, eventId: ifEventId } = record
    assert.equal(await store.delete(identity, KIND, { ifEventId }), true)
    await assertHolds(store, other)
  })

  it('S15 no user and no tenant sees the slots of one with a similar name', async ({ store }) => {
    const unique = freshIdentity().tenantId
    const names = similarNames(unique)
    const similar: readonly Owner[] = [
      ...names.map((userId) => userOwner({ tenantId: unique, userId })),
      ...names.map((tenantId) => userOwner({ tenantId, userId: 'ann' })),
      ...names.map((tenantId) => tenantOwner({ tenantId })),
    ]
    const records = await Promise.all(
      similar.map((identity) => saveNew(store, { identity, kind: KIND })),
    )
    for (const record of records) {
      const listed = await collect(store.list(record.identity, 'task.'))
      assert.deepEqual(listed.map(eventIdOf), [record.eventId])
      await assertHolds(store, record)
    }
  })

  it('S15 no method takes a copy of an owner, or what only looks like one', async ({ store }) => {
    const user = userOwner({ tenantId: freshIdentity().tenantId, userId: 'ann' })
    const given = newRecord({ identity: user, kind: KIND })
    const { tenantId, userId } = user
    const copies = [{ ...user }, structuredClone(user), JSON.parse(JSON.stringify(user)) as unknown]
    for (const method of storeMethods) {
      for (const identity of [...copies, { tenantId, userId }, { tenantId }]) {
        const call = (): unknown => method.call(store, { ...given, identity: malformed(identity) })
        await assertFails('identity_required', call, method.name)
      }
    }
    await assertEmpty(store, given)
  })

  itIfDurable('S15 slots of users and tenants survive a restart', async ({ store, open }) => {
    const records = await saveForEachOwner(store)
    await store.close()
    const reopened = await open()
    for (const record of records) await assertHolds(reopened, record)
  })
}

/** Saves one kind for the tenant, the user, the session, a run, and their likes. */
async function saveForEachOwner(
  store: StateStore,
): Promise<[NewStateRecord, NewStateRecord, NewStateRecord, ...NewStateRecord[]]> {
  const { runId, ...session } = freshIdentity()
  const { tenantId, userId } = session
  const save = (identity: Owner): Promise<NewStateRecord> =>
    saveNew(store, { identity, kind: KIND })
  return [
    await save(tenantOwner({ tenantId })),
    await save(userOwner({ tenantId, userId })),
    await save(session),
    await save({ ...session, runId }),
    await save(userOwner({ tenantId, userId: 'other' })),
    await save({ ...session, sessionId: 'other' }),
    await save({ ...session, userId: 'other' }),
  ]
}

/** Checks that every method accepts the identity of a record, and changes that record. */
async function assertAccepted(store: StateStore, record: StateRecord): Promise<void> {
  const { identity, kind, eventId } = record
  assert.equal((await store.load(identity, kind))?.eventId, eventId)
  assert.equal((await store.loadByEventId(identity, eventId))?.eventId, eventId)
  assert.equal((await store.loadMany([record]))[0]?.eventId, eventId)
  assert.equal((await collect(store.list(identity, kind))).length, 1)
  assert.equal(await store.save(record), 'unchanged')
  const expect = [{ identity, kind, eventId }]
  assert.deepEqual((await store.commit({ expect, save: [record] })).save, ['unchanged'])
  assert.equal(await store.saveIfEmpty(record), 'unchanged')
  assert.equal(await store.delete(identity, kind, { ifEventId: eventId }), true)
  assert.equal(await deletedBy(store.commit({ delete: [record] })), 0)
  assert.equal(await store.save(record), 'saved')
}

function eventIdOf({ eventId }: Pick<StateRecord, 'eventId'>): string {
  return eventId
}

function isOfSameSession(left: NewStateRecord, right: NewStateRecord): boolean {
  return (
    left.identity.userId === right.identity.userId &&
    left.identity.sessionId === right.identity.sessionId
  )
}
