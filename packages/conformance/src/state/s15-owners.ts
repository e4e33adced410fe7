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
import { deleteSession } from './support/delete-session.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods } from './support/store-methods.ts'

const KIND = 'task.checkpoint'
const maintenance = { maintenanceScoped: true } as const

/** The wide owners by their level. */
const wideOwners = {
  user: () => userOwner({ tenantId: freshIdentity().tenantId, userId: 'ann' }),
  tenant: () => tenantOwner({ tenantId: freshIdentity().tenantId }),
} as const

/** Registers the cases of S15: a slot belongs to one owner: a run, session, user or tenant. */
export function owners({ it, itIfDurable }: StateCases): void {
  for (const level of ['user', 'tenant'] as const) {
    const fresh = wideOwners[level]

    it(`S15 every method takes a ${level} as the owner`, async ({ store }) => {
      const identity = fresh()
      const record = await saveNew(store, { identity, kind: KIND })
      await assertHolds(store, record)
      assert.deepEqual((await store.loadOrThrow(identity, KIND)).identity, { ...identity })
      assert.equal((await store.loadByEventId(identity, record.eventId))?.kind, KIND)
      assert.equal((await store.loadByEventIdOrThrow(identity, record.eventId)).kind, KIND)
      assert.equal((await collect(store.list(identity, 'task.'))).length, 1)
      const next = newRecord({ identity, kind: KIND }, 'next')
      const expect = [{ identity, kind: KIND, eventId: record.eventId }]
      assert.deepEqual(await store.commit({ expect, save: [next] }), ['saved'])
      assert.equal(await store.save(record), 'superseded')
      assert.equal(await store.delete(identity, KIND, { ifEventId: next.eventId }), true)
      await assertEmpty(store, record)
    })

    it(`S15 the ${level} of a record is an owner that every method accepts`, async ({ store }) => {
      const identity = fresh()
      const kind = `${newEventId()}.kind`
      const { eventId } = await saveNew(store, { identity, kind })
      const found = [
        await store.loadOrThrow(identity, kind),
        await store.loadByEventIdOrThrow(identity, eventId),
        ...(await collect(store.list(identity, kind))),
        ...(await collect(store.listKind(maintenance, kind))),
      ]
      assert.equal(found.length, 4)
      for (const record of found) await assertAccepted(store, record)
    })
  }

  it('S15 a slot of one owner is reached through no other', async ({ store }) => {
    const records = await saveForEachOwner(store)
    for (const record of records) {
      const { identity, eventId } = record
      await assertHolds(store, record)
      const listed = await collect(store.list(identity, 'task.'))
      assert.deepEqual(listed.map(eventIdOf), [eventId])
      assert.equal((await store.loadByEventId(identity, eventId))?.eventId, eventId)
      for (const other of records.filter((each) => !isOfSameSession(each, record))) {
        assert.equal(await store.loadByEventId(other.identity, eventId), undefined)
      }
    }
    for (const record of records) {
      assert.equal(await store.delete(record.identity, KIND), true)
      await assertEmpty(store, record)
      const { tenantId } = record.identity
      assert.deepEqual(await store.commit({ delete: [record] }), [], tenantId)
    }
  })

  it('S15 a delete and a commit leave the slots of other owners alone', async ({ store }) => {
    const records = await saveForEachOwner(store)
    for (const [place, record] of records.entries()) {
      const isDeleted = place % 2 === 0
      if (isDeleted) assert.equal(await store.delete(record.identity, KIND), true)
      else await store.commit({ delete: [record] })
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

  for (const part of ['tenantId', 'userId'] as const) {
    it(`S15 no owner sees the slots of one with a similar ${part}`, async ({ store }) => {
      const unique = freshIdentity().tenantId
      const owners = similarNames(unique).flatMap((name): readonly Owner[] => {
        const user = { tenantId: unique, userId: 'ann', [part]: name }
        return part === 'userId'
          ? [userOwner(user)]
          : [userOwner(user), tenantOwner({ tenantId: name })]
      })
      const records = await Promise.all(
        owners.map((identity) => saveNew(store, { identity, kind: KIND })),
      )
      for (const record of records) {
        const listed = await collect(store.list(record.identity, 'task.'))
        assert.deepEqual(listed.map(eventIdOf), [record.eventId])
        await assertHolds(store, record)
      }
    })
  }

  it('S15 deleteAll of a session keeps the slots of its user and tenant', async ({ store }) => {
    const [tenant, user, session, ...others] = await saveForEachOwner(store)
    const { runId: _, ...identity } = freshIdentity()
    const { tenantId } = session.identity
    await deleteSession(store, { ...identity, tenantId })
    await assertEmpty(store, session)
    for (const kept of [tenant, user, ...others.slice(1)]) await assertHolds(store, kept)
  })

  it('S15 no method takes a copy of an owner, or what only looks like one', async ({ store }) => {
    const user = wideOwners.user()
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
  assert.equal((await collect(store.list(identity, kind))).length, 1)
  assert.equal(await store.save(record), 'unchanged')
  const expect = [{ identity, kind, eventId }]
  assert.deepEqual(await store.commit({ expect, save: [record] }), ['unchanged'])
  assert.equal(await store.delete(identity, kind, { ifEventId: eventId }), true)
  assert.deepEqual(await store.commit({ delete: [record] }), [])
  assert.equal(await store.save(record), 'saved')
}

function eventIdOf({ eventId }: StateRecord): string {
  return eventId
}

function isOfSameSession(left: NewStateRecord, right: NewStateRecord): boolean {
  return (
    left.identity.userId === right.identity.userId &&
    left.identity.sessionId === right.identity.sessionId
  )
}
