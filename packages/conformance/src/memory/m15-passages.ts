import assert from 'node:assert/strict'
import type { Identity, RunIdentity, Subtree } from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import type { MemoryStore } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { pauseOf } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import { addTurns, assertHolds } from './support/conversation.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { passagesOf } from './support/passages.ts'
import { subtreeOf } from './support/subtree-of.ts'

/** The number of collections, and of rounds, of a race. */
const SOME = 8
const ROUNDS = 12

/** Registers the cases of M15 for passages: `prune` removes old collections, each as a whole. */
export function passagePruning({ it }: MemoryCases): void {
  it('M15 prune of passages by age removes collections whose newest one is older; a dry run counts them', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const user = freshIdentity()
    await keepAt(store, of(user, 'a'), [1, 2])
    await keepAt(store, of(user, 'b'), [1, 9, 3])
    await keepAt(store, of(user, 'c'), [4])
    await keepAt(store, of(user, 'd'), [5])
    await addTurns(store, of(user, 'a'), ['said'])
    const { passages } = store
    const subtree = subtreeOf.user(user)
    const rules = { olderThan: new Date(5) }
    const counted = await passages.prune(subtree, { ...rules, dryRun: true })
    assert.deepEqual(counted, { examined: 4, pruned: 2 })
    assert.equal((await left(store, user)).length, 4)
    assert.deepEqual(await passages.prune(subtree, rules), { examined: 4, pruned: 2 })
    assert.deepEqual(await left(store, user), ['b messages 3', 'd messages 1'])
    await assertHolds(store, of(user, 'a'), ['said'])
  })

  it('M15 prune of passages by number keeps the newest collections of each user', async ({
    open,
  }) => {
    const store = await open()
    const ann = freshIdentity()
    const ben = { ...ann, userId: `${ann.userId}2` }
    for (const user of [ann, ben]) {
      await keepAt(store, of(user, 'a'), [2])
      await keepAt(store, of(user, 'b'), [3])
      await keepAt(store, of(user, 'c'), [1])
    }
    const tenant = subtreeOf.tenant(ann)
    const { passages } = store
    assert.deepEqual(await passages.prune(tenant, { keepLatest: 2 }), { examined: 6, pruned: 2 })
    const both = ['a messages 1', 'b messages 1']
    assert.deepEqual(await left(store, ann), [...both, ...both])
    const rules = { keepLatest: 1, olderThan: new Date(3) }
    assert.deepEqual(await passages.prune(tenant, rules), { examined: 4, pruned: 2 })
    assert.deepEqual(await left(store, ann), ['b messages 1', 'b messages 1'])
  })

  it('M15 prune of passages leaves collections of other names, and goes on after any', async ({
    open,
  }) => {
    const store = await open()
    const user = freshIdentity()
    for (const session of ['a', 'b']) {
      for (const collection of ['messages', 'messages2', 'notes']) {
        await keepAt(store, of(user, session), [1], collection)
      }
    }
    const { passages } = store
    const subtree = subtreeOf.user(user)
    const named = await passages.prune(subtree, { keepLatest: 1, collection: 'messages' })
    assert.deepEqual(named, { examined: 2, pruned: 1 })
    const six = ['a messages2 1', 'a notes 1', 'b messages 1', 'b messages2 1', 'b notes 1']
    assert.deepEqual(await left(store, user), six)
    const seen: unknown[] = []
    const answer = await passages.prune(subtree, {
      olderThan: new Date(2),
      after: { identity: { ...of(user, 'b'), runId: '' }, collection: 'messages' },
      onProgress: (progress) => void seen.push(progress),
    })
    assert.deepEqual(answer, { examined: 2, pruned: 2 })
    assert.deepEqual(seen, [{ ...answer, last: undefined }])
    assert.deepEqual(await left(store, user), six.slice(0, 3))
  })

  for (const level of ['run', 'session', 'user', 'tenant'] as const) {
    it(`M15 prune of the passages of a ${level} reaches none beside it`, async ({ open }) => {
      const store = await open()
      const run = freshIdentity()
      const owners = [
        run,
        { ...run, runId: `${run.runId}2` },
        sessionOf(run),
        { ...sessionOf(run), sessionId: `${run.sessionId}2` },
        { ...run, userId: `${run.userId}2` },
        freshIdentity(),
      ]
      for (const owner of owners) await keepAt(store, owner, [1])
      const subtree = subtreeOf[level](run)
      const { length } = owners.filter((owner) => isWithin({ runId: '', ...owner }, subtree))
      const answer = await store.passages.prune(subtree, { olderThan: new Date(2) })
      assert.deepEqual(answer, { examined: length, pruned: length })
      const found = new Set<string>()
      for (const { tenantId } of owners) {
        for (const { identity } of await passagesOf(store, tenantId)) {
          found.add(JSON.stringify(identity))
          assert.ok(!isWithin(identity, subtree))
        }
      }
      assert.equal(found.size, owners.length - length)
    })
  }

  it('M15 a collection that others replace while it is pruned stays whole', async ({ open }) => {
    const store = await open()
    const user = freshIdentity()
    const sessions = Array.from({ length: SOME }, (_, index) => of(user, `s${index}`))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const session of sessions) await keepAt(store, session, [1, 2])
      const pruning = store.passages.prune(subtreeOf.user(user), { olderThan: new Date(5) })
      await pauseOf(round)
      const replacing = sessions.map((session) => keepAt(store, session, [1, 2, 9]))
      await Promise.all([pruning, ...replacing])
      const whole = sessions.map(({ sessionId }) => `${sessionId} messages 3`)
      assert.deepEqual(await left(store, user), whole)
    }
  })

  it('M15 prune of passages rejects what is malformed, and removes nothing', async ({ open }) => {
    const store = await open()
    const run = freshIdentity()
    await keepAt(store, run, [1])
    const wrong: readonly unknown[] = [
      undefined,
      {},
      { olderThan: new Date(Number.NaN) },
      { keepLatest: 0 },
      { keepLatest: 1, collection: '' },
      { keepLatest: 1, collection: 1 },
      { keepLatest: 1, more: 1 },
      { keepLatest: 1, after: { identity: run } },
      { keepLatest: 1, after: { identity: { ...run, runId: 'x' }, collection: 'messages' } },
    ]
    for (const options of wrong) {
      await assertFails('invalid_record', () =>
        store.passages.prune(subtreeOf.run(run), malformed(options)),
      )
    }
    const identity = malformed<Subtree>(run)
    await assertFails('subtree_required', () => store.passages.prune(identity, { keepLatest: 1 }))
    assert.equal((await left(store, run)).length, 1)
  })
}

/** Keeps passages of dates in milliseconds since 1970. */
function keepAt(
  store: MemoryStore,
  identity: RunIdentity,
  dates: readonly number[],
  collection: string = 'messages',
): Promise<void> {
  const said = dates.map((at) => ({
    text: `word ${at}`,
    bytes: new Uint8Array(),
    createdAt: new Date(at),
  }))
  return store.passages.replace(identity, collection, said)
}

/** Resolves to the collections of a tenant: the session, the name and the number of passages. */
async function left(store: MemoryStore, { tenantId }: RunIdentity): Promise<readonly string[]> {
  const found = await passagesOf(store, tenantId)
  return found.map(
    ({ identity, collection, passages }) =>
      `${identity.sessionId} ${collection} ${passages.length}`,
  )
}

/** Returns a session of a user. */
function of({ tenantId, userId }: RunIdentity, sessionId: string): Identity {
  return { tenantId, userId, sessionId }
}
