import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import { allOfSession, type Identity } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { DELETE_RACES, waitForRepeatedDelete, writeDuringDelete } from '../support/delete-races.ts'
import { malformed } from '../support/malformed.ts'
import { race, tally } from '../support/race.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope, neighborsOf } from './support/fresh-scope.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { putNew } from './support/put-new.ts'
import { sessionParts } from '../support/similar-names.ts'
import { putSimilar } from './support/put-similar.ts'
import { deleteSession } from '../support/delete-session.ts'

const MOST_ROUNDS = 20

/** Registers the cases of S8: a delete answers what it removed, and may be repeated. */
export function deletion({ it, itIfShared, callers, callMs, ...pace }: ArtifactCases): void {
  const rounds = pace.rounds(MOST_ROUNDS)
  it('S8 a delete answers whether the artifact existed', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    assert.equal(await store.delete(ref.scope, ref.id), true)
    await assertAbsent(store, ref.scope, ref.id)
    assert.equal(await store.delete(ref.scope, ref.id), false)
    assertSameRefs(await collect(store.list(ref.scope)), [])
  })

  it('S8 a delete does not change similar artifacts', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const neighbors = [
      await putNew(store, ref.scope, 'other content'),
      await putNew(store, ref.scope, 'content', { namespace: 'default_' }),
      await putNew(store, { ...ref.scope, taskId: '' }),
    ]
    for (const scope of neighborsOf(ref.scope)) neighbors.push(await putNew(store, scope))
    assert.equal(await store.delete(ref.scope, ref.id), true)
    for (const neighbor of neighbors) await assertStored(store, neighbor)
  })

  it(`S8 of ${callers} callers that delete one artifact, exactly one finds it`, async ({
    store,
  }) => {
    const { ref } = await putNew(store, freshScope())
    const answers = await race(callers, () => store.delete(ref.scope, ref.id))
    assert.deepEqual(tally(answers), { true: 1, false: callers - 1 })
  })

  it('S8 deleteAll of a session removes and counts the artifacts of all tasks', async ({
    store,
  }) => {
    const { taskId: _, ...session } = freshScope()
    const puts = []
    for (const taskId of ['', 'task', 'other task', '../task']) {
      for (const namespace of ['default', 'tool_output', 'a/b']) {
        for (const text of ['one', 'two']) {
          puts.push(await putNew(store, { ...session, taskId }, text, { namespace }))
        }
      }
    }
    assert.equal(await deleteSession(store, session), puts.length)
    for (const { ref } of puts) await assertAbsent(store, ref.scope, ref.id)
    assertSameRefs(await collect(store.list(session)), [])
    assert.equal(await deleteSession(store, session), 0)
  })

  it('S8 deleteAll of a session rejects a scope with a taskId, and removes nothing', async ({
    store,
  }) => {
    const scope = freshScope()
    const put = await putNew(store, scope)
    for (const taskId of [scope.taskId, 'other', '', null, 7]) {
      const named = malformed<Identity>({ ...scope, taskId })
      await assertFails('invalid_identity', async () => store.deleteAll(allOfSession(named)))
    }
    await assertStored(store, put)
    assert.equal(await deleteSession(store, scope), 1)
  })

  it('S8 deleteAll of a session does not change other sessions, users and tenants', async ({
    store,
  }) => {
    const scope = freshScope()
    const others = []
    for (const other of neighborsOf(scope)) {
      if (other.taskId === scope.taskId) others.push(await putNew(store, other))
    }
    await putNew(store, scope)
    assert.equal(await deleteSession(store, scope), 1)
    for (const other of others) await assertStored(store, other)
  })

  for (const part of sessionParts) {
    it(`S8 deleteAll of a session removes no artifact of a ${part} with a similar name`, async ({
      store,
    }) => {
      for (const { ref } of await putSimilar(store, part)) {
        // An artifact that an earlier deleteAll had removed as well would not be counted here.
        assert.equal(await deleteSession(store, ref.scope), 1, ref.scope[part])
      }
    })
  }

  it('S8 an artifact that deleteAll removed can be put again', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope, 'content', { filename: 'first' })
    assert.equal(await deleteSession(store, scope), 1)
    const again = await putNew(store, scope, 'content', { filename: 'second' })
    assert.equal(again.ref.filename, 'second')
    await assertStored(store, again)
  })

  it('S8 concurrent deleteAll calls count each artifact once', async ({ store }) => {
    const scope = freshScope()
    await Promise.all(
      Array.from({ length: callers }, (_, index) => putNew(store, scope, `content ${index}`)),
    )
    const counts = await race(8, () => deleteSession(store, scope))
    assert.equal(
      counts.map(Number).reduce((sum, count) => sum + count, 0),
      callers,
    )
  })

  it('S8 puts during a deleteAll succeed, and each is either removed and counted or stays', async ({
    store,
  }) => {
    for (let round = 0; round < rounds; round += 1) {
      const scope = freshScope()
      await putNew(store, scope, 'before')
      const [counts] = await Promise.all([
        Promise.all([deleteSession(store, scope), deleteSession(store, scope)]),
        ...Array.from({ length: 8 }, (_, index) => putNew(store, scope, `content ${index}`)),
      ])
      const left = (await collect(store.list(scope))).length
      assert.equal(counts[0] + counts[1] + left, 9)
      assert.equal(await deleteSession(store, scope), left)
    }
  })

  it('S8 a deleteAll that removes the second of two puts removes the first one too', async ({
    store,
  }) => {
    for (let round = 0; round < rounds; round += 1) {
      const scope = freshScope()
      const held = await putNew(store, scope, 'held')
      const putBoth = async (): Promise<string> => {
        await eventLoopTurns(Math.floor((10 * round) / rounds))
        const added = await putNew(store, scope, 'added')
        await store.putText(scope, 'held')
        return added.ref.id
      }
      const [, added] = await Promise.all([deleteSession(store, scope), putBoth()])
      const left = (await collect(store.list(scope))).map(({ id }) => id)
      assert.equal(left.includes(added) && !left.includes(held.ref.id), false)
    }
  })

  itIfShared(
    'S8 puts in one store during a deleteAll in another store succeed',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < rounds; round += 1) {
        const scope = freshScope()
        await putNew(store, scope, 'before')
        const [count] = await Promise.all([
          deleteSession(other, scope),
          ...Array.from({ length: 8 }, (_, index) => putNew(store, scope, `content ${index}`)),
        ])
        assert.equal(count + (await deleteSession(store, scope)), 9)
      }
    },
  )

  itIfShared(
    'S8 a delete does not remove what another store put once the artifact was gone',
    async ({ store, open }) => {
      const other = await open()
      for (let race = 0; race < DELETE_RACES; race += 1) {
        const { ref } = await putNew(store, freshScope(), 'content', { filename: 'deleted' })
        const { isDeleted, answer: kept } = await writeDuringDelete(
          () => store.delete(ref.scope, ref.id),
          () => putNew(other, ref.scope, 'content', { filename: 'kept' }),
          (put) => put.ref.filename === 'kept',
        )
        assert.equal(isDeleted, true)
        await waitForRepeatedDelete(callMs)
        await assertStored(other, kept)
      }
    },
  )

  itIfShared(
    'S8 a delete that found nothing does not remove what is put at the same time',
    async ({ store, open }) => {
      const other = await open()
      for (let race = 0; race < DELETE_RACES; race += 1) {
        const { ref } = await putNew(store, freshScope())
        assert.equal(await store.delete(ref.scope, ref.id), true)
        const [isDeleted, put] = await Promise.all([
          store.delete(ref.scope, ref.id),
          putNew(other, ref.scope),
        ])
        await waitForRepeatedDelete(callMs)
        if (!isDeleted) await assertStored(other, put)
      }
    },
  )

  for (const method of ['delete', 'deleteAll'] as const) {
    itIfShared(
      `S8 an artifact that another store removed with ${method} can be put again`,
      async ({ store, open }) => {
        const other = await open()
        const { ref } = await putNew(store, freshScope())
        // A store that caches artifacts would cache this one now.
        await assertStored(store, await putNew(store, ref.scope))
        if (method === 'delete') assert.equal(await other.delete(ref.scope, ref.id), true)
        else assert.equal(await deleteSession(other, ref.scope), 1)
        await assertStored(other, await putNew(store, ref.scope))
      },
    )
  }
}
