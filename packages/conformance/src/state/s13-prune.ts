import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Owner,
  type PruneProgress,
  type Subtree,
} from '@harborage/core'
import type { NewStateRecord, SlotKey, StatePruneOptions, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { pauseOf } from '../support/event-loop.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { sessionOf } from '../support/session-of.ts'
import { assertHidden, saveExpired } from './support/expiring.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

/** More records than a batch examines. */
const MANY = 1_200

/** The number of records, and of rounds, of a race. */
const SOME = 40
const ROUNDS = 12

/** Registers the cases of S13 about `prune`: what it removes, and what it leaves. */
export function pruning({ it }: StateCases): void {
  it('S13 prune removes what has expired, frees its event ids, and leaves the rest', async ({
    store,
  }) => {
    const run = freshIdentity()
    const expired = await saveExpired(store, { identity: run, kind: 'task.expired' })
    const later = { ...newRecord({ identity: run, kind: 'task.later' }), expiresAt: FUTURE }
    await store.save(later)
    const plain = await saveNew(store, { identity: run, kind: 'task.plain' })
    const subtree = allOfRun(run)
    assert.deepEqual(await store.prune(subtree, { dryRun: true }), { examined: 3, pruned: 1 })
    assert.equal(await store.save(expired), 'unchanged')
    assert.deepEqual(await store.prune(subtree), { examined: 3, pruned: 1 })
    assert.deepEqual(await kindsOf(store, run), [later.kind, plain.kind])
    assert.deepEqual(await store.prune(subtree), { examined: 2, pruned: 0 })
    assert.equal(await store.save({ ...expired, kind: 'task.elsewhere' }), 'saved')
  })

  it('S13 a touched record that has expired is pruned', async ({ store }) => {
    const run = freshIdentity()
    const { identity, kind, eventId } = await saveNew(store, { identity: run, kind: 'task.a' })
    await store.touch(identity, kind, { ifEventId: eventId, expiresAt: PAST })
    assert.deepEqual(await store.prune(allOfRun(run)), { examined: 1, pruned: 1 })
  })

  it('S13 prune by age removes what was changed before a date', async ({ store }) => {
    const run = freshIdentity()
    const records = await saveDated(store, run, [1_000, 5_000, 2_000, 4_999])
    const olderThan = new Date(5_000)
    assert.deepEqual(await prune(store, run, { olderThan, kindPrefix: '' }), {
      examined: 4,
      pruned: 3,
    })
    assert.deepEqual(await kindsOf(store, run), [records[1]?.kind])
  })

  it('S13 prune by number keeps the newest of each owner, under a prefix', async ({ store }) => {
    const run = freshIdentity()
    const other = { ...run, runId: `${run.runId}2` }
    for (const owner of [run, other]) {
      await saveDated(store, owner, [4_000, 1_000, 3_000, 2_000, 3_000])
      await saveDated(store, owner, [1, 2, 3], 'other.')
      await saveExpired(store, { identity: owner, kind: 'task.9' })
    }
    const rules = { keepLatest: 2, kindPrefix: 'task.', expired: false }
    const session = allOfSession(sessionOf(run))
    assert.deepEqual(await store.prune(session, rules), { examined: 18, pruned: 6 })
    for (const owner of [run, other]) {
      // Of two that were changed at the same time, the last kind is the newer one.
      assert.deepEqual(await kindsOf(store, owner), [
        'other.0',
        'other.1',
        'other.2',
        'task.0',
        'task.4',
      ])
    }
    assert.deepEqual(await store.prune(session, rules), { examined: 12, pruned: 0 })
    assert.deepEqual(await prune(store, run, { keepLatest: 10_000, kindPrefix: '' }), {
      examined: 6,
      pruned: 1,
    })
  })

  it('S13 prune by age and number removes what both name', async ({ store }) => {
    const run = freshIdentity()
    await saveDated(store, run, [1_000, 2_000, 3_000, 4_000])
    const olderThan = new Date(3_000)
    await prune(store, run, { olderThan, keepLatest: 3, kindPrefix: '' })
    assert.deepEqual(await kindsOf(store, run), ['task.1', 'task.2', 'task.3'])
    await prune(store, run, { olderThan, keepLatest: 1, kindPrefix: '' })
    assert.deepEqual(await kindsOf(store, run), ['task.2', 'task.3'])
  })

  it('S13 prune keeps to its subtree and its prefix', async ({ store }) => {
    const run = freshIdentity()
    const { tenantId, userId } = run
    const session = sessionOf(run)
    const user = userOwner({ tenantId, userId })
    const owners: readonly Owner[] = [run, session, user, tenantOwner({ tenantId })]
    const subtrees: readonly Subtree[] = [
      allOfRun(run),
      allOfSession(session),
      allOfUser({ tenantId, userId }),
      allOfTenant({ tenantId }),
    ]
    const similar = [
      { ...run, runId: `${run.runId}2` },
      { ...run, sessionId: `${run.sessionId}2` },
      { ...run, userId: `${userId}2` },
      { ...run, tenantId: `${tenantId}2` },
    ]
    for (const [level, subtree] of subtrees.entries()) {
      const all = [...owners, ...similar]
      for (const identity of all) {
        for (const kind of ['task.a', 'tasks']) await saveExpired(store, { identity, kind })
      }
      const within = level + 1 + level
      const answer = await store.prune(subtree, { kindPrefix: 'task.' })
      assert.deepEqual(answer, { examined: within * 2, pruned: within })
      for (const identity of all) await store.prune(subtreeOf(identity))
    }
  })

  it('S13 prune goes on batch by batch, until it is canceled, and from a place', async ({
    store,
  }) => {
    const run = freshIdentity()
    const save = Array.from({ length: MANY }, (_, index) => ({
      ...newRecord({ identity: run, kind: `task.${index + 10_000}` }),
      expiresAt: PAST,
    }))
    await store.commit({ save: save.slice(0, 1_000) })
    await store.commit({ save: save.slice(1_000) })
    const subtree = allOfRun(run)
    const seen: PruneProgress<SlotKey>[] = []
    const onProgress = (progress: PruneProgress<SlotKey>): void => void seen.push(progress)
    await store.prune(subtree, { dryRun: true, onProgress })
    const last = seen[0]?.last
    assert.equal(last?.kind, save[999]?.kind)
    assert.deepEqual(
      seen.map((each) => each.pruned),
      [1_000, MANY],
    )
    assert.equal(seen[1]?.last, undefined)
    const after = await store.prune(subtree, { dryRun: true, after: last })
    assert.deepEqual(after, { examined: MANY - 1_000, pruned: MANY - 1_000 })
    const enough = new Error('enough')
    const controller = new AbortController()
    const canceled = store.prune(subtree, {
      signal: controller.signal,
      onProgress: () => controller.abort(enough),
    })
    assert.equal(await rejectionOf(() => canceled), enough)
    const failed = store.prune(subtree, { onProgress: () => Promise.reject(enough) })
    assert.equal(await rejectionOf(() => failed), enough)
    assert.equal((await store.prune(subtree)).pruned, 0)
  })

  it('S13 prune leaves what was saved or touched since it was examined', async ({ store }) => {
    const olderThan = new Date(2_000)
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = freshIdentity()
      const records = await saveDated(store, run, Array(SOME).fill(1_000))
      const [saved, touched, again, ...others] = records
      assert.ok(saved !== undefined && touched !== undefined && again !== undefined)
      const newest = newRecord(saved)
      const write = async () => {
        await pauseOf(round)
        return Promise.all([
          store.save(newest),
          store.touch(run, touched.kind, { ifEventId: touched.eventId, expiresAt: FUTURE }),
          saveAgain(store, again, olderThan),
        ])
      }
      const pruning = store.prune(allOfRun(run), { olderThan, kindPrefix: '' })
      const [{ pruned }, [outcome, isTouched]] = await Promise.all([pruning, write()])
      assert.equal(outcome, 'saved')
      const left = await kindsOf(store, run)
      assert.ok(left.includes(saved.kind), 'what was saved meanwhile has to stay')
      assert.ok(!left.some((kind) => others.some((other) => other.kind === kind)))
      assert.ok(left.includes(again.kind), 'an event id does not tell records apart')
      if (!isTouched) assert.ok(!left.includes(touched.kind))
      assert.ok(pruned >= others.length && pruned <= SOME)
    }
  })

  it('S13 prune refuses malformed options', async ({ store }) => {
    const run = freshIdentity()
    const expired = await saveExpired(store, { identity: run, kind: 'task.a' })
    for (const options of [
      { expired: false },
      { expired: 1 },
      { dryRun: 'yes' },
      { olderThan: FUTURE },
      { keepLatest: 1, kindPrefix: undefined },
      { olderThan: 5, kindPrefix: '' },
      { olderThan: new Date(Number.NaN), kindPrefix: '' },
      { keepLatest: 0, kindPrefix: '' },
      { keepLatest: 10_001, kindPrefix: '' },
      { keepLatest: 1.5, kindPrefix: '' },
      { kindPrefix: 5 },
      { onProgress: true },
      { after: 'task.a' },
      { after: { identity: { ...run, runId: `${run.runId}2` }, kind: 'task.a' } },
      { after: { identity: { ...run, runId: '' }, kind: 'task.a' } },
      { older: FUTURE },
    ]) {
      const wrong = malformed<StatePruneOptions>(options)
      await assertFails('invalid_record', () => store.prune(allOfRun(run), wrong))
    }
    const identity = malformed<Subtree>(run)
    await assertFails('subtree_required', () => store.prune(identity))
    assert.equal(await store.save(expired), 'unchanged')
    await assertHidden(store, expired)
  })
}

/** Saves records that were changed at these times, in milliseconds since 1970. */
async function saveDated(
  store: StateStore,
  identity: Owner,
  times: readonly number[],
  prefix = 'task.',
): Promise<readonly NewStateRecord[]> {
  const records = times.map((time, index) => ({
    ...newRecord({ identity, kind: `${prefix}${index}` }),
    updatedAt: new Date(time),
  }))
  await store.commit({ save: records })
  return records
}

/** Deletes a record, and saves it again under the same event id with another date. */
async function saveAgain(
  store: StateStore,
  record: NewStateRecord,
  updatedAt: Date,
): Promise<void> {
  await store.delete(record.identity, record.kind)
  await store.save({ ...record, updatedAt })
}

function prune(
  store: StateStore,
  run: ReturnType<typeof freshIdentity>,
  options: StatePruneOptions,
) {
  return store.prune(allOfRun(run), options)
}

async function kindsOf(store: StateStore, owner: Owner): Promise<string[]> {
  const keys = await collect(store.listKeys(owner, ''))
  return keys.map(({ kind }) => kind)
}

function subtreeOf({ tenantId }: Owner): Subtree {
  return allOfTenant({ tenantId })
}
