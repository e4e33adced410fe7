import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { allOfSession } from '@harborage/core'
import { pauseOf } from '../support/event-loop.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { sessionOf } from '../support/session-of.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertStored } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** The number of artifacts, and the most rounds, of a race. */
const SOME = 12
const MOST_ROUNDS = 12

/** Longer than the clock of any driver needs to show another date. */
const TICK_MS = 5

/** Registers the cases of A12 about puts while `prune` is at work. */
export function pruneRaces({ it, ...pace }: ArtifactCases): void {
  const rounds = pace.rounds(MOST_ROUNDS)

  it('A12 prune leaves what was deleted and put again, or revived, since it was examined', async ({
    store,
  }) => {
    for (let round = 0; round < rounds; round += 1) {
      const scope = freshScope()
      const texts = Array.from({ length: SOME }, (_, index) => `content ${index}`)
      const [again, ...others] = await Promise.all(texts.map((text) => putNew(store, scope, text)))
      const revived = await putNew(store, scope, 'revived', { expiresAt: PAST })
      assert.ok(again !== undefined)
      await setTimeout(TICK_MS)
      const rules = { olderThan: new Date(), namespace: '' }
      const pruning = store.prune(allOfSession(sessionOf(scope)), rules)
      await pauseOf(round)
      const [replaced, renewed] = await Promise.all([
        store.delete(scope, again.ref.id).then(() => putNew(store, scope, again.text)),
        putNew(store, scope, revived.text, { expiresAt: FUTURE }),
      ])
      const { pruned } = await pruning
      assert.ok(pruned >= others.length && pruned <= SOME + 1)
      for (const put of [replaced, renewed]) await assertStored(store, put)
      for (const { ref } of others) await assertAbsent(store, scope, ref.id)
    }
  })
}
