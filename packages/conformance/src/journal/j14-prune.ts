import assert from 'node:assert/strict'
import { allOfRun, allOfTenant } from '@harborage/core'
import type { JournalPruneOptions } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { pauseOf } from '../support/event-loop.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { newEntry } from './support/entries.ts'
import { namesIn } from './support/expiring.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** The number of streams, and of rounds, of a race. */
const SOME = 10
const ROUNDS = 20

/** Registers the cases of J14 about `prune`: it removes what has expired. */
export function pruningOfExpired({ it }: JournalCases): void {
  it('J14 prune removes what has expired, frees its ids, and leaves the rest', async ({
    store,
  }) => {
    const run = freshIdentity()
    const entry = newEntry('text')
    await store.append(run, 'expired', [entry], { expiresAt: PAST })
    await store.append(run, 'later', [newEntry('text')], { expiresAt: FUTURE })
    await store.append(run, 'plain', [newEntry('text')])
    const subtree = allOfRun(run)
    assert.deepEqual(await store.prune(subtree, { dryRun: true }), { examined: 3, pruned: 1 })
    const held = await store.append(run, 'expired', [entry])
    assert.deepEqual(held.entries, [{ position: 1, outcome: 'superseded' }])
    assert.deepEqual(await store.prune(subtree), { examined: 3, pruned: 1 })
    assert.deepEqual(await namesIn(store, run), ['later', 'plain'])
    const again = await store.append(run, 'expired', [entry])
    assert.deepEqual(again.entries, [{ position: 1, outcome: 'appended' }])
  })

  it('J14 prune keeps what has expired if it is told to, and does not count it as new', async ({
    store,
  }) => {
    const run = freshIdentity()
    const { tenantId } = run
    for (const name of ['a', 'b']) await store.append(run, name, [newEntry('text')])
    for (const name of ['c', 'd']) {
      await store.append(run, name, [newEntry('text')], { expiresAt: PAST })
    }
    const rules = { keepLatest: 2, prefix: '' }
    const kept = await store.prune(allOfTenant({ tenantId }), { ...rules, expired: false })
    assert.deepEqual(kept, { examined: 4, pruned: 0 })
    const old = { olderThan: FUTURE, prefix: '', expired: false }
    assert.deepEqual(await store.prune(allOfRun(run), { ...old, dryRun: true }), {
      examined: 4,
      pruned: 2,
    })
    const prefixed = await store.prune(allOfRun(run), { prefix: 'c' })
    assert.deepEqual(prefixed, { examined: 1, pruned: 1 })
    assert.deepEqual(await store.prune(allOfRun(run), rules), { examined: 3, pruned: 1 })
    assert.deepEqual(await namesIn(store, run), ['a', 'b'])
  })

  it('J14 a stream that is begun anew while it is pruned stays', async ({ store }) => {
    const names = Array.from({ length: SOME }, (_, index) => `stream ${index}`)
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = freshIdentity()
      const appendAll = (expiresAt: Date | null) =>
        Promise.all(names.map((name) => store.append(run, name, [newEntry('text')], { expiresAt })))
      await appendAll(PAST)
      const pruning = store.prune(allOfRun(run))
      await pauseOf(round)
      await Promise.all([pruning, appendAll(null)])
      assert.deepEqual(await namesIn(store, run), names)
    }
  })

  it('J14 prune refuses an expired that names nothing or is no boolean', async ({ store }) => {
    const run = freshIdentity()
    for (const options of [{ expired: false }, { expired: 'false' }, { expired: null }]) {
      const wrong = malformed<JournalPruneOptions>(options)
      await assertFails('invalid_record', () => store.prune(allOfRun(run), wrong))
    }
  })
}
