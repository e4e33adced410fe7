import assert from 'node:assert/strict'
import { allOfUser, newEventId, userOwner, type Subtree } from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import type { ConversationTurn, MemorySnapshot, MemoryStore } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { sessionOf } from '../support/session-of.ts'
import { similarIdentities } from '../support/similar-names.ts'
import { addTurns, assertHolds, heldTexts, newTurn, numberedTexts } from './support/conversation.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { subtreeOf } from './support/subtree-of.ts'

/** With their ids, these turns fill a batch. */
const LARGE_TURNS = 500

type Run = ReturnType<typeof freshIdentity>

/** The levels of subtrees, each with the part by which subtrees of the level differ. */
const levels = [
  { level: 'run', part: 'runId' },
  { level: 'session', part: 'sessionId' },
  { level: 'user', part: 'userId' },
  { level: 'tenant', part: 'tenantId' },
] as const

/** Registers the cases of M12: deleteAll deletes all of a subtree and nothing beside it. */
export function subtrees({ it, itIfShared }: MemoryCases): void {
  for (const { level, part } of levels) {
    it(`M12 deleteAll of a ${level} deletes all of it and nothing else`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const run = freshIdentity()
      const subtree = subtreeOf[level](run)
      const turn = newTurn('said')
      const owners = ownersAround(run)
      for (const owner of owners) await store.addTurn(owner, turn)
      const within = owners.filter((owner) => isWithin(owner, subtree))
      const counts: number[] = []
      const answer = await store.deleteAll(subtree, {
        onProgress: ({ deleted }) => void counts.push(deleted),
      })
      assert.deepEqual(answer, { deleted: within.length, remaining: 0 })
      assert.equal(counts.at(-1), within.length)
      for (const owner of owners) {
        await assertHolds(store, owner, within.includes(owner) ? [] : ['said'])
        // The id is unknown where the conversation was deleted.
        await store.addTurn(owner, turn)
        await assertHolds(store, owner, ['said'])
      }
      assert.equal((await store.deleteAll(subtree)).deleted, within.length)
      assert.deepEqual(await store.deleteAll(subtree), { deleted: 0, remaining: 0 })
    })

    it(`M12 deleteAll of a ${level} reaches none with a similar name`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const runs = similarIdentities(part)
      for (const run of runs) await addTurns(store, run, ['kept'])
      for (const run of runs) {
        // A conversation that an earlier call had deleted as well would not be counted here.
        const answer = await store.deleteAll(subtreeOf[level](run))
        assert.deepEqual(answer, { deleted: 1, remaining: 0 }, run[part])
      }
    })
  }

  for (const level of ['user', 'tenant'] as const) {
    it(`M12 deleteAll of a ${level} goes on batch by batch, may be canceled, and counts what is added meanwhile`, async ({
      open,
    }) => {
      const store = await open({ strategy: 'truncation' })
      const run = freshIdentity()
      const subtree = subtreeOf[level](run)
      const large = await largeSnapshot(store)
      const runs = ['a', 'b', 'c'].map((sessionId) => ({ ...run, sessionId }))
      for (const each of runs) await store.restore(each, large)
      const controller = new AbortController()
      const reason = new Error('enough')
      const canceled = store.deleteAll(subtree, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      })
      assert.equal(await rejectionOf(() => canceled), reason)
      const { length: left } = await collect(store.sessions(subtree))
      assert.ok(left > 0 && left < runs.length, 'it was not canceled between two batches')
      const late = { ...run, sessionId: 'late' }
      const counts: number[] = []
      const answer = await store.deleteAll(subtree, {
        onProgress: async ({ deleted }) => {
          counts.push(deleted)
          await addTurns(store, late, ['new'])
        },
      })
      assert.ok(counts.length > 1, 'there was one batch')
      assert.deepEqual([counts.at(-1), answer.remaining], [answer.deleted, 1])
      assert.equal((await heldTexts(store, late)).at(-1), 'new')
      for (const each of runs) await assertHolds(store, each, [])
    })
  }

  it('M12 concurrent deleteAll calls count each conversation once', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    for (const { level } of levels) {
      const run = freshIdentity()
      const subtree = subtreeOf[level](run)
      const owners = ownersAround(run)
      for (const owner of owners) await addTurns(store, owner, ['said'])
      const counts = await race(4, async () => (await store.deleteAll(subtree)).deleted)
      assert.equal(
        counts.map(Number).reduce((sum, count) => sum + count, 0),
        owners.filter((owner) => isWithin(owner, subtree)).length,
        level,
      )
    }
  })

  itIfShared(
    'M12 deleteAll removes what was added before it, and nothing else',
    async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const none = await open({ strategy: 'none' })
      for (const [delay, { level }] of levels.entries()) {
        const run = freshIdentity()
        const adding = addTurns(store, run, numberedTexts(1, 20))
        await eventLoopTurns(delay)
        const { deleted } = await none.deleteAll(subtreeOf[level](run))
        await adding
        const held = await heldTexts(store, run)
        assert.deepEqual(held, numberedTexts(21 - held.length, 20))
        assert.equal(deleted, held.length < 20 ? 1 : 0, 'the answer has to count the conversation')
      }
    },
  )

  it('M12 deleteAll takes a subtree only, and no identity or copy', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const run = freshIdentity()
    await addTurns(store, run, ['kept'])
    const { tenantId, userId } = run
    const owner = userOwner({ tenantId, userId })
    const subtree = allOfUser({ tenantId, userId })
    const copies = [{ ...subtree }, structuredClone(subtree), { ...subtree, level: 'tenant' }]
    for (const given of [undefined, 7, run, sessionOf(run), owner, { tenantId }, ...copies]) {
      const call = (): unknown => store.deleteAll(malformed<Subtree>(given))
      await assertFails('subtree_required', call, JSON.stringify(given))
    }
    for (const options of [7, { onProgress: 7 }, { singal: undefined }]) {
      const call = (): unknown => store.deleteAll(subtree, malformed<object>(options))
      await assertFails('invalid_record', call, JSON.stringify(options))
    }
    await assertHolds(store, run, ['kept'])
  })
}

/** Returns identities in and around the subtrees of a run. */
function ownersAround(run: Run): readonly Run[] {
  const other = `${run.tenantId}-2`
  return [
    run,
    { ...run, runId: 'other' },
    { ...run, runId: '' },
    { ...run, sessionId: 'other' },
    { ...run, sessionId: 'other', runId: '' },
    { ...run, userId: 'other' },
    { ...run, userId: 'other', sessionId: 'other' },
    { ...run, tenantId: other },
    { ...run, tenantId: other, runId: '' },
  ]
}

/** Resolves to the snapshot of a conversation with many turns. */
async function largeSnapshot(store: MemoryStore): Promise<MemorySnapshot> {
  const source = freshIdentity()
  await addTurns(store, source, ['said'])
  const { bytes } = await store.snapshot(source)
  await store.delete(source)
  const content = JSON.parse(new TextDecoder().decode(bytes)) as { turns: ConversationTurn[] }
  const [said = newTurn('said')] = content.turns
  const turns = Array.from({ length: LARGE_TURNS }, () => ({ ...said, turnId: newEventId() }))
  return {
    strategy: 'truncation',
    bytes: new TextEncoder().encode(JSON.stringify({ ...content, turns })),
  }
}
