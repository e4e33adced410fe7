import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { allOfSession, tenantOwner, userOwner, type Owner } from '@harborage/core'
import type { Lease, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { inADifferentHour } from '../support/shifted-clock.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { take, takeExpired } from './support/take-lease.ts'

const HOUR_MS = 60 * 60 * 1000
const KIND = 'task.lease'

/** Registers the cases of S17: one unexpired holder, whose token others can check. */
export function lease({ it, itIfShared, callers }: StateCases): void {
  it('S17 a lease has one holder until it is released, and the next token is greater', async ({
    store,
  }) => {
    const { identity } = freshSlot()
    const first = await take(store, identity, KIND)
    assert.equal(await store.lease(identity, KIND, { ttlMs: HOUR_MS }), undefined)
    assert.equal(await first.release(), true)
    const second = await take(store, identity, KIND)
    assert.ok(second.token > first.token)
    assert.equal(await first.release(), false)
    await assertFails('lease_lost', () => first.renew())
    assert.equal(await store.lease(identity, KIND, { ttlMs: HOUR_MS }), undefined)
  })

  it('S17 leases of other owners and kinds are other leases', async ({ store }) => {
    const { identity } = freshSlot()
    const { runId: _, ...session } = identity
    const { tenantId, userId } = identity
    const wide = [userOwner({ tenantId, userId }), tenantOwner({ tenantId })]
    const owners: readonly Owner[] = [identity, session, ...wide]
    for (const owner of owners) {
      for (const kind of [KIND, 'task.lease2']) {
        const taken = await take(store, owner, kind)
        assert.deepEqual([taken.kind, taken.expectation.kind], [kind, kind])
        await taken.renew()
        await store.commit({ expect: [taken.expectation] })
      }
    }
  })

  it('S17 an expired lease is taken over, and its late holder is refused', async ({ store }) => {
    const { identity, kind } = freshSlot()
    const late = await take(store, identity, KIND, 1)
    const next = await takeExpired(store, identity, KIND)
    assert.ok(next.token > late.token)
    await assertFails('lease_lost', () => late.renew({ ttlMs: HOUR_MS }))
    assert.equal(await late.release(), false)
    const record = newRecord({ identity, kind })
    const guarded = (held: Lease) => ({ expect: [held.expectation], save: [record] })
    await assertFails('condition_failed', () => store.commit(guarded(late)))
    await assertEmpty(store, record)
    await store.commit(guarded(next))
    await assertHolds(store, record)
    assert.equal(await store.lease(identity, KIND, { ttlMs: HOUR_MS }), undefined)
  })

  it('S17 renewing holds a lease for longer, also one that has expired, under the same expectation', async ({
    store,
  }) => {
    const { identity } = freshSlot()
    const held = await take(store, identity, KIND, 1)
    const { expectation } = held
    await setTimeout(5)
    const expiresAt = await held.renew({ ttlMs: HOUR_MS })
    assert.deepEqual(held.expiresAt, expiresAt)
    assert.equal(await store.lease(identity, KIND, { ttlMs: 1 }), undefined)
    assert.deepEqual(held.expectation, expectation)
    await store.commit({ expect: [expectation] })
    const shorter = await Promise.all([held.renew(), held.renew({ ttlMs: HOUR_MS / 2 })])
    assert.deepEqual(held.expiresAt, shorter[1])
    assert.equal(await store.lease(identity, KIND, { ttlMs: 1 }), undefined)
  })

  it(`S17 of ${callers} concurrent callers exactly one gets a free lease, and one an expired one`, async ({
    store,
  }) => {
    await assertOneGetsIt([store], callers)
  })

  itIfShared(
    'S17 of concurrent callers in several stores exactly one gets a lease',
    async ({ store, open }) => {
      await assertOneGetsIt([store, await open()], 4)
    },
  )

  it('S17 a deleted lease is free, its holder is refused, and the next token is greater', async ({
    store,
  }) => {
    const { identity } = freshSlot()
    const { runId: _, ...session } = identity
    const erased = await take(store, identity, KIND)
    await store.deleteAll(allOfSession(session))
    await assertFails('lease_lost', () => erased.renew())
    assert.equal(await erased.release(), false)
    await assertFails('condition_failed', () => store.commit({ expect: [erased.expectation] }))
    await assertEmpty(store, { identity, kind: KIND })
    await setTimeout(5)
    assert.ok((await take(store, identity, KIND)).token > erased.token)
  })

  it('S17 a lease expires by the clock of the database and not by that of the process', async ({
    store,
  }) => {
    const { identity } = freshSlot()
    const held = await take(store, identity, KIND, HOUR_MS / 2)
    await inADifferentHour(+1, async () => {
      assert.equal(await store.lease(identity, KIND, { ttlMs: 1 }), undefined)
    })
    await held.release()
    await inADifferentHour(+1, () => take(store, identity, KIND, 1))
    await inADifferentHour(-1, async () => {
      const next = await takeExpired(store, identity, KIND)
      await next.renew({ ttlMs: HOUR_MS / 2 })
    })
    assert.equal(await store.lease(identity, KIND, { ttlMs: 1 }), undefined)
  })

  itIfShared('S17 the end of an `await using` gives a lease back', async ({ store, open }) => {
    const { identity } = freshSlot()
    {
      await using held = await take(store, identity, KIND)
      assert.equal(await (await open()).lease(identity, KIND, { ttlMs: 1 }), undefined)
      assert.ok(held.expiresAt.getTime() > 0)
    }
    await take(store, identity, KIND)
  })

  it('S17 refuses a slot that holds something else, and a malformed time or kind', async ({
    store,
  }) => {
    const slot = freshSlot()
    const held = await saveNew(store, slot, 'no lease')
    const takeAt = (kind: string, ttlMs: number) => store.lease(slot.identity, kind, { ttlMs })
    await assertFails('invalid_record', () => takeAt(slot.kind, 1))
    const other = newRecord({ ...slot, kind: `${KIND}.until` }, '{"lease":2,"expiresAt":0}')
    await store.save(other)
    await assertFails('invalid_record', () => takeAt(KIND, 1))
    for (const record of [held, other]) await assertHolds(store, record)
    for (const ttlMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 8 * 24 * HOUR_MS]) {
      await assertFails('invalid_record', () => takeAt('task.other', ttlMs))
    }
    await assertFails('invalid_record', () => takeAt('task.other', malformed('1000')))
    await assertFails('invalid_record', () => takeAt('k'.repeat(1019), 1))
    await take(store, slot.identity, 'k'.repeat(1018))
    const good = await take(store, slot.identity, 'task.other')
    await assertFails('invalid_record', () => good.renew({ ttlMs: 0 }))
    await assertFails('invalid_record', () => good.renew(malformed({ ttl: 5 })))
  })
}

/** Races for a lease that is free, and then for one that has expired. */
async function assertOneGetsIt(stores: readonly StateStore[], callers: number): Promise<void> {
  const { identity } = freshSlot()
  const each = Math.ceil(callers / stores.length)
  const race = async (ttlMs: number): Promise<readonly Lease[]> => {
    const taken = await Promise.all(
      Array.from({ length: each }, () => stores)
        .flat()
        .map((store) => store.lease(identity, KIND, { ttlMs })),
    )
    return taken.filter((lease) => lease !== undefined)
  }
  const [first, ...others] = await race(HOUR_MS)
  assert.equal(others.length, 0)
  assert.ok(first)
  await first.renew({ ttlMs: 1 })
  for (;;) {
    const next = await race(HOUR_MS)
    assert.ok(next.length <= 1)
    if (next.length === 1) break
  }
}
