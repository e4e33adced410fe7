import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  newEventId,
  tenantOwner,
  userOwner,
  type Owner,
  type Subtree,
  type SubtreeLevel,
} from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { sessionOf } from '../support/session-of.ts'
import { similarIdentities } from '../support/similar-names.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

const KIND = 'task.checkpoint'

/** More records than a batch deletes. */
const MANY = 1_200

/** The number of rounds of a race, each with another delay. */
const ROUNDS = 10

type Run = ReturnType<typeof freshIdentity>

/** Returns the subtree of each level that a run is in. */
const subtreeOf: { readonly [Level in SubtreeLevel]: (run: Run) => Subtree<Level> } = {
  run: allOfRun,
  session: (run) => allOfSession(sessionOf(run)),
  user: ({ tenantId, userId }) => allOfUser({ tenantId, userId }),
  tenant: ({ tenantId }) => allOfTenant({ tenantId }),
}
const levels = ['run', 'session', 'user', 'tenant'] as const
const wideLevels = ['user', 'tenant'] as const

/** The parts by which the subtrees of a level differ. */
const partsOf = {
  run: ['tenantId', 'userId', 'sessionId', 'runId'],
  session: ['tenantId', 'userId', 'sessionId'],
  user: ['tenantId', 'userId'],
  tenant: ['tenantId'],
} as const

/** Registers the cases of S15: deleteAll empties all of a subtree and nothing beside it. */
export function subtrees({ it }: StateCases): void {
  it('S15 deleteAll empties all of its subtree and nothing else', async ({ store }) => {
    for (const level of levels) {
      const run = freshIdentity()
      const subtree = subtreeOf[level](run)
      const records = await saveAround(store, run)
      const within = recordsWithin(records, subtree)
      const counts: number[] = []
      const answer = await store.deleteAll(subtree, {
        onProgress: ({ deleted }) => void counts.push(deleted),
      })
      assert.deepEqual(answer, { deleted: within.length, remaining: 0 }, level)
      assert.equal(counts.at(-1), within.length)
      for (const record of records) {
        if (within.includes(record)) await assertEmpty(store, record)
        else await assertHolds(store, record)
      }
      assert.deepEqual(await store.deleteAll(subtree), { deleted: 0, remaining: 0 })
      for (const record of within) assert.equal(await store.save(record), 'saved')
    }
  })

  it('S15 deleteAll spares a subtree with a similar name', async ({ store }) => {
    for (const level of levels) {
      for (const part of partsOf[level]) {
        const runs = similarIdentities(part)
        await Promise.all(runs.map((identity) => saveNew(store, { identity, kind: KIND })))
        for (const run of runs) {
          // A slot that an earlier call had emptied as well would not be counted here.
          const answer = await store.deleteAll(subtreeOf[level](run))
          assert.deepEqual(answer, { deleted: 1, remaining: 0 }, `${level}: ${run[part]}`)
        }
      }
    }
  })

  it('S15 a deleteAll of a run during a commit removes all of the commit or nothing of it', async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = freshIdentity()
      const held = await saveNew(store, { identity, kind: 'task.held' })
      const next = { ...held, eventId: newEventId() }
      const added = { ...next, eventId: newEventId(), kind: 'task.added' }
      const [{ deleted }] = await Promise.all([
        store.deleteAll(allOfRun(identity)),
        eventLoopTurns(round).then(() => store.commit({ save: [added, next] })),
      ])
      const left = await collect(store.list(identity, 'task.'))
      assert.equal([0, 2].includes(left.length), true, 'a part of the commit was deleted')
      assert.equal(deleted, left.length === 0 ? 2 : 1)
    }
  })

  it('S15 deleteAll of a user or a tenant counts what is saved meanwhile', async ({ store }) => {
    for (const level of wideLevels) {
      const run = freshIdentity()
      await saveAround(store, run)
      const late = newRecord({ identity: run, kind: 'task.late' })
      const answer = await store.deleteAll(subtreeOf[level](run), {
        onProgress: async () => {
          assert.equal(await store.save(late), 'saved')
        },
      })
      assert.equal(answer.remaining, 1, level)
      await assertHolds(store, late)
    }
  })

  it('S15 concurrent deleteAll calls count each record once', async ({ store }) => {
    for (const level of levels) {
      const run = freshIdentity()
      const subtree = subtreeOf[level](run)
      const within = recordsWithin(await saveAround(store, run), subtree)
      const counts = await race(4, async () => (await store.deleteAll(subtree)).deleted)
      const total = counts.map(Number).reduce((sum, count) => sum + count, 0)
      assert.equal(total, within.length, level)
    }
  })

  it('S15 deleteAll of a user or a tenant goes on batch by batch, until it is canceled or its progress fails', async ({
    store,
  }) => {
    const run = freshIdentity()
    const { tenantId, userId } = run
    const others = [run, { ...run, userId: `${userId}-2` }, tenantOwner({ tenantId })]
    for (const identity of others) await saveMany(store, identity)
    const tenant = allOfTenant({ tenantId })
    const enough = new Error('enough')
    const controller = new AbortController()
    const canceled = store.deleteAll(tenant, {
      signal: controller.signal,
      onProgress: () => controller.abort(enough),
    })
    assert.equal(await rejectionOf(() => canceled), enough)
    const failed = store.deleteAll(tenant, { onProgress: () => Promise.reject(enough) })
    assert.equal(await rejectionOf(() => failed), enough)
    const counts: number[] = []
    const onProgress = ({ deleted }: { deleted: number }): void => void counts.push(deleted)
    const answer = await store.deleteAll(tenant, { onProgress })
    assert.equal(answer.remaining, 0)
    assert.ok(answer.deleted > 0 && answer.deleted < 2 * MANY, 'a call did not stop')
    assert.equal(counts.at(-1), answer.deleted)
    assert.ok(counts.length > 1, 'there was one batch')
    for (const identity of others) assert.equal(await store.count(identity, ''), 0)
    await saveMany(store, run)
    counts.length = 0
    const ofUser = await store.deleteAll(allOfUser({ tenantId, userId }), { onProgress })
    assert.deepEqual(ofUser, { deleted: MANY, remaining: 0 })
    assert.ok(counts.length > 1, 'there was one batch')
  })

  it('S15 deleteAll takes a subtree only, and no identity or copy', async ({ store }) => {
    const run = freshIdentity()
    const kept = await saveNew(store, { identity: run, kind: KIND })
    const { tenantId, userId } = run
    const owner = userOwner({ tenantId, userId })
    const subtree = allOfUser({ tenantId, userId })
    const copies = [{ ...subtree }, structuredClone(subtree), { ...subtree, level: 'tenant' }]
    for (const given of [undefined, 7, run, sessionOf(run), owner, { tenantId }, ...copies]) {
      const call = (): unknown => store.deleteAll(malformed<Subtree>(given))
      await assertFails('subtree_required', call, JSON.stringify(given))
    }
    await assertHolds(store, kept)
  })
}

/** Saves a record for each owner in and around the subtrees of a run. */
async function saveAround(store: StateStore, run: Run): Promise<NewStateRecord[]> {
  const { tenantId, userId, sessionId } = run
  const other = `${tenantId}-2`
  const owners: readonly Owner[] = [
    run,
    { ...run, runId: 'other' },
    { tenantId, userId, sessionId },
    { ...run, sessionId: 'other' },
    { tenantId, userId, sessionId: 'other' },
    userOwner({ tenantId, userId }),
    { ...run, userId: 'other' },
    userOwner({ tenantId, userId: 'other' }),
    tenantOwner({ tenantId }),
    { ...run, tenantId: other },
    userOwner({ tenantId: other, userId }),
    tenantOwner({ tenantId: other }),
  ]
  return Promise.all(owners.map((identity) => saveNew(store, { identity, kind: KIND })))
}

/** Saves more records than a batch deletes. */
async function saveMany(store: StateStore, identity: Owner): Promise<void> {
  const records = Array.from({ length: MANY }, (_, index) =>
    newRecord({ identity, kind: `task.${index}` }, ''),
  )
  await store.commit({ save: records.slice(0, 1_000) })
  await store.commit({ save: records.slice(1_000) })
}

/** Returns the records whose slots a subtree holds. */
function recordsWithin(records: readonly NewStateRecord[], subtree: Subtree): NewStateRecord[] {
  return records.filter(({ identity }) => isWithin(identity, subtree))
}
