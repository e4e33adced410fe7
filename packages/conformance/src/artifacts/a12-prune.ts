import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { ArtifactPruneOptions, ArtifactStore } from '@harborage/artifacts'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Subtree,
} from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Longer than the clock of any driver needs to show another date. */
const TICK_MS = 5

/** Registers the cases of A12: `prune` removes old artifacts, and leaves the rest. */
export function pruning({ it }: ArtifactCases): void {
  it('A12 prune by age removes what was put before a date, and a dry run counts it', async ({
    store,
  }) => {
    const scope = freshScope()
    const session = allOfSession(sessionOf(scope))
    await putNew(store, scope, 'one')
    await putNew(store, { ...scope, taskId: `${scope.taskId}2` }, 'two')
    await setTimeout(TICK_MS)
    const { ref } = await putNew(store, scope, 'three')
    const rules = { olderThan: ref.createdAt, namespace: '' }
    const counted = await store.prune(session, { ...rules, dryRun: true })
    assert.deepEqual(counted, { examined: 3, pruned: 2 })
    assert.equal((await idsIn(store, session)).length, 3)
    assert.deepEqual(await store.prune(session, rules), { examined: 3, pruned: 2 })
    assert.deepEqual(await idsIn(store, session), [ref.id])
    assert.deepEqual(await store.prune(session, rules), { examined: 1, pruned: 0 })
  })

  it('A12 prune by number keeps the newest of each scope, in a namespace', async ({ store }) => {
    const scope = freshScope()
    const other = { ...scope, taskId: `${scope.taskId}2` }
    const kept: string[] = []
    for (const each of [scope, other]) {
      for (const text of ['one', 'two', 'three']) {
        const { ref } = await putNew(store, each, text, { namespace: 'pages' })
        if (text !== 'one') kept.push(ref.id)
        await setTimeout(TICK_MS)
      }
      kept.push((await putNew(store, each, 'one')).ref.id)
    }
    const session = allOfSession(sessionOf(scope))
    const rules = { keepLatest: 2, namespace: 'pages' }
    assert.deepEqual(await store.prune(session, rules), { examined: 6, pruned: 2 })
    assert.deepEqual(await idsIn(store, session), kept.toSorted())
    assert.deepEqual(await store.prune(session, rules), { examined: 4, pruned: 0 })
  })

  it('A12 prune by age and number removes what both name', async ({ store }) => {
    const scope = freshScope()
    const dates: Date[] = []
    for (const text of ['one', 'two', 'three']) {
      dates.push((await putNew(store, scope, text)).ref.createdAt)
      await setTimeout(TICK_MS)
    }
    const session = allOfSession(sessionOf(scope))
    const olderThan = dates[2] ?? new Date(0)
    const pruned = async (rules: ArtifactPruneOptions) =>
      (await store.prune(session, { ...rules, namespace: '' })).pruned
    assert.equal(await pruned({ olderThan, keepLatest: 3 }), 0)
    assert.equal(await pruned({ olderThan, keepLatest: 2 }), 1)
    assert.equal(await pruned({ olderThan: dates[0] ?? new Date(0), keepLatest: 1 }), 0)
    assert.equal(await pruned({ olderThan, keepLatest: 1 }), 1)
  })

  it('A12 prune keeps to its subtree, and reaches none of a run', async ({ store }) => {
    const scope = freshScope()
    const { tenantId, userId } = scope
    const user = userOwner({ tenantId, userId })
    for (const owner of [scope, user, tenantOwner({ tenantId })]) await putNew(store, owner)
    await putNew(store, { ...scope, sessionId: `${scope.sessionId}2` })
    await putNew(store, { ...scope, userId: `${userId}2` })
    const rules = { olderThan: new Date(8.64e15), namespace: '' }
    const run = allOfRun({ ...sessionOf(scope), runId: scope.taskId })
    assert.deepEqual(await store.prune(run, rules), { examined: 0, pruned: 0 })
    const subtrees: readonly (readonly [Subtree, number])[] = [
      [allOfSession(sessionOf(scope)), 1],
      [allOfUser({ tenantId, userId }), 2],
      [allOfTenant({ tenantId }), 2],
    ]
    for (const [subtree, pruned] of subtrees) {
      assert.deepEqual(await store.prune(subtree, rules), { examined: pruned, pruned })
    }
  })

  it('A12 prune goes on after any place, and reports its progress', async ({ store }) => {
    const scope = freshScope()
    const refs = await Promise.all(
      ['one', 'two', 'three'].map(async (text) => (await putNew(store, scope, text)).ref),
    )
    const [first] = refs.toSorted((left, right) => (left.id < right.id ? -1 : 1))
    assert.ok(first !== undefined)
    const seen: unknown[] = []
    const answer = await store.prune(allOfSession(sessionOf(scope)), {
      olderThan: new Date(8.64e15),
      namespace: '',
      after: { scope: first.scope, namespace: first.namespace, id: first.id },
      onProgress: (progress) => void seen.push(progress),
    })
    assert.deepEqual(answer, { examined: 2, pruned: 2 })
    assert.deepEqual(seen, [{ ...answer, last: undefined }])
    assert.deepEqual(await idsIn(store, allOfSession(sessionOf(scope))), [first.id])
  })

  it('A12 prune removes what has expired, and nothing else without a rule', async ({ store }) => {
    const scope = freshScope()
    const session = allOfSession(sessionOf(scope))
    const kept = [
      await putNew(store, scope, 'stays'),
      await putNew(store, scope, 'later', { expiresAt: FUTURE }),
      await putNew(store, scope, 'other', { namespace: 'other', expiresAt: PAST }),
    ].map(({ ref }) => ref.id)
    await putNew(store, scope, 'gone', { expiresAt: PAST })
    const rules = { namespace: 'default' }
    const counted = await store.prune(session, { ...rules, dryRun: true })
    assert.deepEqual(counted, { examined: 3, pruned: 1 })
    assert.deepEqual(await store.prune(session, rules), { examined: 3, pruned: 1 })
    assert.deepEqual(await idsIn(store, session), kept.toSorted())
    assert.deepEqual(await store.prune(session), { examined: 3, pruned: 1 })
    assert.deepEqual(await store.prune(session), { examined: 2, pruned: 0 })
  })

  it('A12 prune by rules leaves what has expired with expired: false, and does not count it', async ({
    store,
  }) => {
    const scope = freshScope()
    const session = allOfSession(sessionOf(scope))
    const { ref } = await putNew(store, scope, 'old')
    await setTimeout(TICK_MS)
    const newest = await putNew(store, scope, 'new')
    await setTimeout(TICK_MS)
    const gone = await putNew(store, scope, 'gone', { expiresAt: PAST })
    const rules = { keepLatest: 1, namespace: '' }
    const kept = await store.prune(session, { ...rules, expired: false })
    assert.deepEqual(kept, { examined: 3, pruned: 1 })
    assert.equal(await store.exists(scope, ref.id), false)
    assert.deepEqual(await idsIn(store, session), [newest.ref.id, gone.ref.id].toSorted())
    assert.deepEqual(await store.prune(session, rules), { examined: 2, pruned: 1 })
    assert.deepEqual(await idsIn(store, session), [newest.ref.id])
  })

  it('A12 prune rejects what is malformed, and removes nothing', async ({ store }) => {
    const scope = freshScope()
    const { ref } = await putNew(store, scope)
    const session = allOfSession(sessionOf(scope))
    const wrong: readonly object[] = [
      { expired: false },
      { expired: 1 },
      { olderThan: 1 },
      { olderThan: new Date(Number.NaN) },
      { keepLatest: 0 },
      { keepLatest: 1.5 },
      { keepLatest: 10_001 },
      { keepLatest: 1, namespace: 1 },
      { keepLatest: 1, namespace: undefined },
      { keepLatest: 1, after: { ...ref, scope: { ...ref.scope, sessionId: 'other' } } },
      { keepLatest: 1, dryRun: 'true' },
      { keepLatest: 1, onProgress: 1 },
      { keepLatest: 1, more: 1 },
      { keepLatest: 1, after: {} },
    ]
    for (const options of wrong) {
      const given = malformed<ArtifactPruneOptions>({ namespace: '', ...options })
      await assertFails('invalid_record', () => store.prune(session, given))
    }
    await assertFails('invalid_record', () => store.prune(session, { keepLatest: 1 }))
    const identity = malformed<Subtree>(sessionOf(scope))
    await assertFails('subtree_required', () => store.prune(identity, { keepLatest: 1 }))
    assert.equal((await idsIn(store, session)).length, 1)
  })
}

/** Resolves to the ids of the artifacts of a session, also of those that have expired, sorted. */
async function idsIn(store: ArtifactStore, { tenantId, userId, sessionId }: Subtree) {
  const refs = await collect(store.list({ tenantId, userId, sessionId }, { expired: true }))
  return refs.map(({ id }) => id).toSorted()
}
