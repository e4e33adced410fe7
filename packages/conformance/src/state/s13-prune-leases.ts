import { FUTURE } from '../support/expiry-dates.ts'
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { allOfRun } from '@harborage/core'
import { freshIdentity } from '../support/fresh-identity.ts'
import { assertEmpty } from './support/assert-slot.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { take } from './support/take-lease.ts'

/** Longer than the shortest lease, on the clock of any driver. */
const TICK_MS = 5

/** Registers the cases of S13 about leases: a `prune` removes those that are over. */
export function pruningOfLeases({ it }: StateCases): void {
  it('S13 prune keeps the slots of a lease until its time is over', async ({ store }) => {
    const identity = freshIdentity()
    const held = await take(store, identity, 'held')
    const renewed = await take(store, identity, 'renewed', 1)
    const over = await take(store, identity, 'over', 1)
    const released = await take(store, identity, 'released')
    await released.release()
    await renewed.renew({ ttlMs: 3_600_000 })
    await saveNew(store, { identity, kind: 'plain' })
    await setTimeout(TICK_MS)
    const subtree = allOfRun(identity)
    const onlyTimes = { olderThan: FUTURE, kindPrefix: 'held.until' }
    assert.equal((await store.prune(subtree, onlyTimes)).pruned, 0)
    for (const rule of [{ keepLatest: 1 }, { olderThan: FUTURE }]) {
      await store.prune(subtree, { ...rule, kindPrefix: '' })
    }
    for (const { kind } of [held, renewed]) {
      assert.equal(await store.lease(identity, kind, { ttlMs: 1 }), undefined, kind)
    }
    await store.commit({ expect: [held.expectation, renewed.expectation] })
    for (const lease of [held, renewed]) await lease.renew()
    for (const kind of ['over', 'over.until', 'released', 'plain']) {
      await assertEmpty(store, { identity, kind })
    }
    assert.ok((await take(store, identity, 'over')).token > over.token)
  })

  it('S13 prune counts what it removes of leases, also if it only counts', async ({ store }) => {
    const identity = freshIdentity()
    await take(store, identity, 'held')
    await take(store, identity, 'over', 1)
    await setTimeout(TICK_MS)
    const rules = { olderThan: FUTURE, kindPrefix: '' }
    for (const dryRun of [true, false]) {
      const answer = await store.prune(allOfRun(identity), { ...rules, dryRun })
      assert.deepEqual(answer, { examined: 4, pruned: 2 })
    }
  })

  it('S13 prune removes what only has the name of a lease', async ({ store }) => {
    const identity = freshIdentity()
    for (const kind of ['task', 'task.until', 'task.until.until']) {
      await saveNew(store, { identity, kind }, '{"expiresAt":9007199254740991}')
    }
    await saveNew(store, { identity, kind: 'large.until' }, 'x'.repeat(2 ** 20))
    await saveNew(store, { identity, kind: 'k'.repeat(1_024) })
    const rules = { olderThan: FUTURE, kindPrefix: '' }
    assert.deepEqual(await store.prune(allOfRun(identity), rules), { examined: 5, pruned: 5 })
  })
}
