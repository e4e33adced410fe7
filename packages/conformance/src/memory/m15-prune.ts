import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Identity, RunIdentity, Subtree } from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import { assertFails } from '../support/assert-fails.ts'
import { pauseOf } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { addTurns, assertHolds, heldTexts, newTurn } from './support/conversation.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { subtreeOf } from './support/subtree-of.ts'

/** Longer than a clock needs to show another time. */
const TICK_MS = 5

/** After everything that the cases add. */
const FUTURE = new Date(8.64e15)

/** The number of conversations, and of rounds, of a race. */
const SOME = 8
const ROUNDS = 12

/** Registers the cases of M15: `prune` removes old conversations, and leaves the rest. */
export function pruning({ it }: MemoryCases): void {
  it('M15 prune by age removes conversations without a turn since a date; a dry run counts them', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const user = freshIdentity()
    const turn = newTurn('first')
    for (const session of ['a', 'b', 'c']) await store.addTurn(of(user, session), turn)
    await setTimeout(TICK_MS)
    const olderThan = new Date()
    await setTimeout(TICK_MS)
    await addTurns(store, of(user, 'b'), ['second'])
    await addTurns(store, of(user, 'd'), ['fourth'])
    const counted = await store.prune(subtreeOf.user(user), { olderThan, dryRun: true })
    assert.deepEqual(counted, { examined: 4, pruned: 2 })
    await assertHolds(store, of(user, 'a'), ['first'])
    const pruned = await store.prune(subtreeOf.user(user), { olderThan })
    assert.deepEqual(pruned, { examined: 4, pruned: 2 })
    await assertHolds(store, of(user, 'a'), [])
    await assertHolds(store, of(user, 'b'), ['first', 'second'])
    await assertHolds(store, of(user, 'c'), [])
    await assertHolds(store, of(user, 'd'), ['fourth'])
    // Nothing is left of a removed conversation: the id of its turn is unknown.
    await store.addTurn(of(user, 'a'), turn)
    await assertHolds(store, of(user, 'a'), ['first'])
  })

  it('M15 prune by number keeps the newest conversations of each user', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const ann = freshIdentity()
    const ben = { ...ann, userId: `${ann.userId}2` }
    for (const session of ['c', 'a', 'b']) {
      for (const user of [ann, ben]) await addTurns(store, of(user, session), ['said'])
      await setTimeout(TICK_MS)
    }
    const tenant = subtreeOf.tenant(ann)
    assert.deepEqual(await store.prune(tenant, { keepLatest: 2 }), { examined: 6, pruned: 2 })
    for (const user of [ann, ben]) {
      await assertHolds(store, of(user, 'c'), [])
      await assertHolds(store, of(user, 'a'), ['said'])
      await assertHolds(store, of(user, 'b'), ['said'])
    }
    const both = { olderThan: FUTURE, keepLatest: 2 }
    assert.deepEqual(await store.prune(tenant, both), { examined: 4, pruned: 0 })
    assert.equal((await store.prune(tenant, { ...both, keepLatest: 1 })).pruned, 2)
    await assertHolds(store, of(ann, 'b'), ['said'])
  })

  for (const level of ['run', 'session', 'user', 'tenant'] as const) {
    it(`M15 prune of a ${level} reaches none beside it`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const run = freshIdentity()
      const owners = [
        run,
        { ...run, runId: `${run.runId}2` },
        sessionOf(run),
        { ...sessionOf(run), sessionId: `${run.sessionId}2` },
        { ...run, userId: `${run.userId}2` },
        freshIdentity(),
      ]
      for (const owner of owners) await addTurns(store, owner, ['said'])
      const subtree = subtreeOf[level](run)
      const inside = owners.filter((owner) => isWithin({ runId: '', ...owner }, subtree))
      const { length } = inside
      const answer = await store.prune(subtree, { olderThan: FUTURE })
      assert.deepEqual(answer, { examined: length, pruned: length })
      for (const owner of owners) {
        await assertHolds(store, owner, inside.includes(owner) ? [] : ['said'])
      }
    })
  }

  it('M15 prune goes on after any conversation, and reports its progress', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const user = freshIdentity()
    for (const session of ['a', 'b', 'c']) await addTurns(store, of(user, session), ['said'])
    const seen: unknown[] = []
    const answer = await store.prune(subtreeOf.user(user), {
      olderThan: FUTURE,
      after: { identity: { ...of(user, 'a'), runId: '' } },
      onProgress: (progress) => void seen.push(progress),
    })
    assert.deepEqual(answer, { examined: 2, pruned: 2 })
    assert.deepEqual(seen, [{ ...answer, last: undefined }])
    await assertHolds(store, of(user, 'a'), ['said'])
  })

  it('M15 a conversation to which others add a turn while it is pruned stays', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const user = freshIdentity()
    const sessions = Array.from({ length: SOME }, (_, index) => of(user, `s${index}`))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const session of sessions) await addTurns(store, session, ['old'])
      await setTimeout(TICK_MS)
      const olderThan = new Date()
      await setTimeout(TICK_MS)
      const add = async (): Promise<unknown> => {
        await pauseOf(round)
        return Promise.all(sessions.map((each) => addTurns(store, each, [`new ${round}`])))
      }
      await Promise.all([store.prune(subtreeOf.user(user), { olderThan }), add()])
      for (const session of sessions) {
        assert.equal((await heldTexts(store, session)).at(-1), `new ${round}`)
      }
    }
  })

  it('M15 prune rejects what is malformed, and removes nothing', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const run = freshIdentity()
    await addTurns(store, run, ['said'])
    const wrong: readonly unknown[] = [
      undefined,
      {},
      { olderThan: 1 },
      { olderThan: new Date(Number.NaN) },
      { keepLatest: 0 },
      { keepLatest: 10_001 },
      { keepLatest: 1, dryRun: 'true' },
      { keepLatest: 1, onProgress: 1 },
      { keepLatest: 1, more: 1 },
      { keepLatest: 1, after: { identity: { ...run, runId: `${run.runId}2` } } },
    ]
    for (const options of wrong) {
      await assertFails('invalid_record', () => store.prune(subtreeOf.run(run), malformed(options)))
    }
    const identity = malformed<Subtree>(run)
    await assertFails('subtree_required', () => store.prune(identity, { keepLatest: 1 }))
    await assertHolds(store, run, ['said'])
  })
}

/** Returns a session of a user. */
function of({ tenantId, userId }: RunIdentity, sessionId: string): Identity {
  return { tenantId, userId, sessionId }
}
