import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Owner,
  type Subtree,
} from '@harborage/core'
import type { JournalPruneOptions, JournalStore } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { pauseOf } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { newEntry } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Longer than the clock of any driver needs to show another date. */
const TICK_MS = 5

/** After everything that the cases append. */
const FUTURE = new Date(8.64e15)

/** The number of streams, and of rounds, of a race. */
const SOME = 10
const ROUNDS = 20

/** Registers the cases of J13: `prune` removes old streams, and leaves the rest. */
export function pruning({ it }: JournalCases): void {
  it('J13 prune by age removes streams without an append since a date; a dry run counts them', async ({
    store,
  }) => {
    const run = freshIdentity()
    await appendTo(store, run, ['one', 'two', 'three'])
    await setTimeout(TICK_MS)
    await appendTo(store, run, ['two', 'four'])
    const olderThan = (await store.head(run, 'two'))?.updatedAt ?? FUTURE
    const rules = { olderThan, prefix: '' }
    const subtree = allOfRun(run)
    const counted = await store.prune(subtree, { ...rules, dryRun: true })
    assert.deepEqual(counted, { examined: 4, pruned: 2 })
    assert.deepEqual(await namesIn(store, run), ['four', 'one', 'three', 'two'])
    assert.deepEqual(await store.prune(subtree, rules), { examined: 4, pruned: 2 })
    assert.deepEqual(await namesIn(store, run), ['four', 'two'])
    // Nothing is left of a removed stream: it begins anew.
    const { entries } = await store.append(run, 'one', [newEntry('again')])
    assert.deepEqual(entries, [{ position: 1, outcome: 'appended' }])
  })

  it('J13 prune by number keeps the newest streams of each owner, under a prefix', async ({
    store,
  }) => {
    const run = freshIdentity()
    const session = sessionOf(run)
    for (const owner of [run, session]) {
      for (const name of ['chat/c', 'chat/a', 'chat/b', 'log/a']) {
        await appendTo(store, owner, [name])
        await setTimeout(TICK_MS)
      }
    }
    const rules = { keepLatest: 2, prefix: 'chat/' }
    const subtree = allOfSession(session)
    assert.deepEqual(await store.prune(subtree, rules), { examined: 6, pruned: 2 })
    for (const owner of [run, session]) {
      assert.deepEqual(await namesIn(store, owner), ['chat/a', 'chat/b', 'log/a'])
    }
    assert.deepEqual(await store.prune(subtree, rules), { examined: 4, pruned: 0 })
    const both = { olderThan: FUTURE, keepLatest: 3, prefix: '' }
    assert.deepEqual(await store.prune(subtree, both), { examined: 6, pruned: 0 })
    assert.deepEqual(await store.prune(subtree, { ...both, keepLatest: 1 }), {
      examined: 6,
      pruned: 4,
    })
    for (const owner of [run, session]) assert.deepEqual(await namesIn(store, owner), ['log/a'])
  })

  it('J13 prune keeps to its subtree', async ({ store }) => {
    const run = freshIdentity()
    const { tenantId, userId } = run
    const owners: readonly Owner[] = [
      run,
      { ...run, runId: `${run.runId}2` },
      sessionOf(run),
      userOwner({ tenantId, userId }),
      { ...run, userId: `${userId}2` },
      tenantOwner({ tenantId }),
    ]
    for (const owner of owners) await appendTo(store, owner, ['events'])
    const subtrees: readonly (readonly [Subtree, number])[] = [
      [allOfRun(run), 1],
      [allOfSession(sessionOf(run)), 2],
      [allOfUser({ tenantId, userId }), 1],
      [allOfTenant({ tenantId }), 2],
    ]
    for (const [subtree, pruned] of subtrees) {
      const answer = await store.prune(subtree, { olderThan: FUTURE, prefix: '' })
      assert.deepEqual(answer, { examined: pruned, pruned })
    }
  })

  it('J13 prune goes on after any stream, and reports its progress', async ({ store }) => {
    const run = freshIdentity()
    await appendTo(store, run, ['a', 'b', 'c'])
    const seen: unknown[] = []
    const answer = await store.prune(allOfRun(run), {
      olderThan: FUTURE,
      prefix: '',
      after: { owner: run, stream: 'a' },
      onProgress: (progress) => void seen.push(progress),
    })
    assert.deepEqual(answer, { examined: 2, pruned: 2 })
    assert.deepEqual(seen, [{ ...answer, last: undefined }])
    assert.deepEqual(await namesIn(store, run), ['a'])
  })

  it('J13 a stream to which others append while it is pruned stays', async ({ store }) => {
    const run = freshIdentity()
    const names = Array.from({ length: SOME }, (_, index) => `stream ${index}`)
    for (let round = 0; round < ROUNDS; round += 1) {
      await appendTo(store, run, names)
      await setTimeout(TICK_MS)
      const { updatedAt } = (await store.head(run, names.at(-1) ?? '')) ?? { updatedAt: FUTURE }
      const olderThan = new Date(updatedAt.getTime() + 1)
      await Promise.all([
        store.prune(allOfRun(run), { olderThan, prefix: '' }),
        pauseOf(round).then(() => appendTo(store, run, names)),
      ])
      assert.deepEqual(await namesIn(store, run), names)
    }
  })

  it('J13 prune rejects what is malformed, and removes nothing', async ({ store }) => {
    const run = freshIdentity()
    await appendTo(store, run, ['events'])
    const wrong: readonly object[] = [
      { olderThan: 1 },
      { olderThan: new Date(Number.NaN) },
      { keepLatest: 0 },
      { keepLatest: 10_001 },
      { keepLatest: 1, prefix: 1 },
      { keepLatest: 1, prefix: undefined },
      { keepLatest: 1, after: { owner: { ...run, runId: `${run.runId}2` }, stream: 'events' } },
      { keepLatest: 1, dryRun: 'true' },
      { keepLatest: 1, onProgress: 1 },
      { keepLatest: 1, more: 1 },
    ]
    for (const options of wrong) {
      const given = malformed<JournalPruneOptions>({ prefix: '', ...options })
      await assertFails('invalid_record', () => store.prune(allOfRun(run), given))
    }
    const identity = malformed<Subtree>(run)
    await assertFails('subtree_required', () => store.prune(identity, { keepLatest: 1 }))
    assert.deepEqual(await namesIn(store, run), ['events'])
  })
}

async function appendTo(
  store: JournalStore,
  owner: Owner,
  streams: readonly string[],
): Promise<void> {
  await Promise.all(streams.map((stream) => store.append(owner, stream, [newEntry('text')])))
}

/** Resolves to the names of the streams of an owner, sorted. */
async function namesIn(store: JournalStore, owner: Owner): Promise<readonly string[]> {
  return (await collect(store.streams(owner))).map(({ stream }) => stream)
}
