import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  userOwner,
  type Subtree,
} from '@harborage/core'
import { isWithin } from '@harborage/core/kit'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { sessionOf } from '../support/session-of.ts'
import { similarNames } from '../support/similar-names.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertStored } from './support/assert-artifact.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { putAround } from './support/put-around.ts'
import { putNew } from './support/put-new.ts'

/** Returns the subtree of each level that a scope is in. */
const subtreeOf = {
  session: (scope: FullScope) => allOfSession(sessionOf(scope)),
  user: ({ tenantId, userId }: FullScope) => allOfUser({ tenantId, userId }),
  tenant: ({ tenantId }: FullScope) => allOfTenant({ tenantId }),
} as const
const wideLevels = ['user', 'tenant'] as const

/** Registers the cases of A9: deleteAll deletes all of a subtree and nothing beside it. */
export function subtrees({ it }: ArtifactCases): void {
  for (const level of ['session', ...wideLevels] as const) {
    it(`A9 deleteAll of a ${level} deletes all of it and nothing else`, async ({ store }) => {
      const scope = freshScope()
      const subtree = subtreeOf[level](scope)
      const puts = await putAround(store, scope)
      const within = puts.filter(({ ref }) => isWithin(ref.scope, subtree))
      const counts: number[] = []
      const answer = await store.deleteAll(subtree, {
        onProgress: ({ deleted }) => void counts.push(deleted),
      })
      assert.deepEqual(answer, { deleted: within.length, remaining: 0 })
      assert.equal(counts.at(-1), within.length)
      for (const put of puts) {
        if (within.includes(put)) await assertAbsent(store, put.ref.scope, put.ref.id)
        else await assertStored(store, put)
      }
      assert.deepEqual(await store.deleteAll(subtree), { deleted: 0, remaining: 0 })
      for (const { ref } of within) await assertStored(store, await putNew(store, ref.scope))
    })
  }

  it('A9 deleteAll of a run deletes nothing, since no artifact belongs to a run', async ({
    store,
  }) => {
    const scope = freshScope()
    const puts = await putAround(store, scope)
    for (const runId of ['run', scope.taskId, scope.sessionId]) {
      const run = allOfRun({ ...sessionOf(scope), runId })
      assert.deepEqual(await store.deleteAll(run), { deleted: 0, remaining: 0 })
    }
    for (const put of puts) await assertStored(store, put)
  })

  for (const level of wideLevels) {
    it(`A9 deleteAll of a ${level} spares one with a similar name`, async ({ store }) => {
      const { tenantId } = freshScope()
      const scopes = similarNames(tenantId).map((name) =>
        level === 'user'
          ? { ...freshScope(), tenantId, userId: name }
          : { ...freshScope(), tenantId: name },
      )
      await Promise.all(scopes.map((scope) => putNew(store, scope)))
      for (const scope of scopes) {
        // An artifact that an earlier call had deleted as well would not be counted here.
        const answer = await store.deleteAll(subtreeOf[level](scope))
        assert.deepEqual(answer, { deleted: 1, remaining: 0 }, JSON.stringify(scope))
      }
    })

    it(`A9 deleteAll of a ${level} counts what is put meanwhile`, async ({ store }) => {
      const scope = freshScope()
      await putAround(store, scope)
      let late: Awaited<ReturnType<typeof putNew>> | undefined
      const { remaining } = await store.deleteAll(subtreeOf[level](scope), {
        onProgress: async () => {
          late ??= await putNew(store, scope, 'late')
        },
      })
      assert.equal(remaining, 1)
      assert.ok(late !== undefined)
      await assertStored(store, late)
    })

    it(`A9 concurrent deleteAll calls of a ${level} count each artifact once`, async ({
      store,
    }) => {
      const scope = freshScope()
      const puts = await putAround(store, scope)
      const subtree = subtreeOf[level](scope)
      const counts = await race(4, async () => (await store.deleteAll(subtree)).deleted)
      assert.equal(
        counts.map(Number).reduce((sum, count) => sum + count, 0),
        puts.filter(({ ref }) => isWithin(ref.scope, subtree)).length,
      )
    })
  }

  it('A9 deleteAll takes a subtree only, and no scope or copy', async ({ store }) => {
    const scope = freshScope()
    const kept = await putNew(store, scope)
    const { tenantId, userId } = scope
    const owner = userOwner({ tenantId, userId })
    const subtree = allOfUser({ tenantId, userId })
    const copies = [{ ...subtree }, structuredClone(subtree), { ...subtree, level: 'tenant' }]
    for (const given of [undefined, 7, scope, sessionOf(scope), owner, { tenantId }, ...copies]) {
      const call = (): unknown => store.deleteAll(malformed<Subtree>(given))
      await assertFails('subtree_required', call, JSON.stringify(given))
    }
    await assertStored(store, kept)
  })
}
