import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import type { Identity } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { race, tally } from '../support/race.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertThere } from './support/assert-artifact.ts'
import { freshScope, neighboursOf } from './support/fresh-scope.ts'
import { turns } from '../support/abort.ts'
import { putNew } from './support/put-new.ts'
import { sessionParts } from '../support/similar-names.ts'
import { putSimilar } from './support/put-similar.ts'
import { sessionOf } from '../support/session-of.ts'

const ROUNDS = 20

/** S8: deleting says what was there, and may be repeated. */
export function deletion({ it, itIfShared, callers }: ArtifactCases): void {
  it('S8 a delete answers whether something was there', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    assert.equal(await store.delete(ref.scope, ref.id), true)
    await assertAbsent(store, ref.scope, ref.id)
    assert.equal(await store.delete(ref.scope, ref.id), false)
    assertSameRefs(await collect(store.list(ref.scope)), [])
  })

  it('S8 a delete leaves the neighbouring artifacts alone', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const neighbours = [
      await putNew(store, ref.scope, 'other content'),
      await putNew(store, ref.scope, 'content', { namespace: 'default_' }),
      await putNew(store, { ...ref.scope, taskId: '' }),
    ]
    for (const scope of neighboursOf(ref.scope)) neighbours.push(await putNew(store, scope))
    assert.equal(await store.delete(ref.scope, ref.id), true)
    for (const neighbour of neighbours) await assertThere(store, neighbour)
  })

  it(`S8 of ${callers} callers that delete one artifact exactly one finds something`, async ({
    store,
  }) => {
    const { ref } = await putNew(store, freshScope())
    const answers = await race(callers, () => store.delete(ref.scope, ref.id))
    assert.deepEqual(tally(answers), { true: 1, false: callers - 1 })
  })

  it('S8 deleteScope removes the artifacts of all tasks and counts them', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const puts = []
    for (const taskId of ['', 'task', 'other task', '../task']) {
      for (const namespace of ['default', 'tool_output', 'a/b']) {
        for (const text of ['one', 'two']) {
          puts.push(await putNew(store, { ...session, taskId }, text, { namespace }))
        }
      }
    }
    assert.equal(await store.deleteScope(session), puts.length)
    for (const { ref } of puts) await assertAbsent(store, ref.scope, ref.id)
    assertSameRefs(await collect(store.list(session)), [])
    assert.equal(await store.deleteScope(session), 0)
  })

  it('S8 deleteScope refuses what names a task, and nothing is removed', async ({ store }) => {
    const scope = freshScope()
    const put = await putNew(store, scope)
    for (const taskId of [scope.taskId, 'other', '', null, 7]) {
      const named = malformed<Identity>({ ...scope, taskId })
      await assertFails('invalid_record', () => store.deleteScope(named))
    }
    await assertThere(store, put)
    const session = malformed<Identity>({ ...sessionOf(scope), taskId: undefined })
    assert.equal(await store.deleteScope(session), 1)
  })

  it('S8 deleteScope leaves other sessions, users and tenants alone', async ({ store }) => {
    const scope = freshScope()
    const others = []
    for (const other of neighboursOf(scope)) {
      if (other.taskId === scope.taskId) others.push(await putNew(store, other))
    }
    await putNew(store, scope)
    assert.equal(await store.deleteScope(sessionOf(scope)), 1)
    for (const other of others) await assertThere(store, other)
  })

  for (const part of sessionParts) {
    it(`S8 deleteScope removes nothing of a ${part} with a similar name`, async ({ store }) => {
      for (const { ref } of await putSimilar(store, part)) {
        // If it had gone before, with another one, it would not count here.
        assert.equal(await store.deleteScope(sessionOf(ref.scope)), 1, ref.scope[part])
      }
    })
  }

  it('S8 what deleteScope removed can be put again', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope, 'content', { filename: 'first' })
    assert.equal(await store.deleteScope(sessionOf(scope)), 1)
    const again = await putNew(store, scope, 'content', { filename: 'second' })
    assert.equal(again.ref.filename, 'second')
    await assertThere(store, again)
  })

  it('S8 callers that delete one session at once count each artifact once', async ({ store }) => {
    const scope = freshScope()
    await Promise.all(
      Array.from({ length: callers }, (_, index) => putNew(store, scope, `content ${index}`)),
    )
    const counts = await race(8, () => store.deleteScope(sessionOf(scope)))
    assert.equal(
      counts.map(Number).reduce((sum, count) => sum + count, 0),
      callers,
    )
  })

  it('S8 puts that meet a deleteScope succeed, and each is counted or stays', async ({ store }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const scope = freshScope()
      await putNew(store, scope, 'before')
      const [counts] = await Promise.all([
        Promise.all([store.deleteScope(sessionOf(scope)), store.deleteScope(sessionOf(scope))]),
        ...Array.from({ length: 8 }, (_, index) => putNew(store, scope, `content ${index}`)),
      ])
      const left = (await collect(store.list(scope))).length
      assert.equal(counts[0] + counts[1] + left, 9)
      assert.equal(await store.deleteScope(sessionOf(scope)), left)
    }
  })

  it('S8 a deleteScope that meets the second of two puts removes the first', async ({ store }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const scope = freshScope()
      const held = await putNew(store, scope, 'held')
      const putBoth = async (): Promise<string> => {
        await turns(round % 10)
        const added = await putNew(store, scope, 'added')
        await store.putText(scope, 'held')
        return added.ref.id
      }
      const [, added] = await Promise.all([store.deleteScope(sessionOf(scope)), putBoth()])
      const left = (await collect(store.list(scope))).map(({ id }) => id)
      assert.equal(left.includes(added) && !left.includes(held.ref.id), false)
    }
  })

  itIfShared(
    'S8 puts through one store that meet a deleteScope through another succeed',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) {
        const scope = freshScope()
        await putNew(store, scope, 'before')
        const [count] = await Promise.all([
          other.deleteScope(sessionOf(scope)),
          ...Array.from({ length: 8 }, (_, index) => putNew(store, scope, `content ${index}`)),
        ])
        assert.equal(count + (await store.deleteScope(sessionOf(scope))), 9)
      }
    },
  )
}
