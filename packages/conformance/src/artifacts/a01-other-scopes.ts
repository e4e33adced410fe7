import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope, neighborsOf, scopeParts } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A1: artifacts of another scope are not found. */
export function otherScopes({ it }: ArtifactCases): void {
  for (const [index, part] of scopeParts.entries()) {
    it(`A1 no method finds an artifact of another ${part}`, async ({ store }) => {
      const put = await putNew(store, freshScope())
      const other = neighborsOf(put.ref.scope)[index] ?? freshScope()
      await assertAbsent(store, other, put.ref.id)
      assertSameRefs(await collect(store.list(other)), [])
      await assertStored(store, put)
    })

    it(`A1 equal contents in two scopes with a different ${part} are two artifacts`, async ({
      store,
    }) => {
      const ours = await putNew(store, freshScope(), 'shared', { filename: 'ours' })
      const other = neighborsOf(ours.ref.scope)[index] ?? freshScope()
      const theirs = await putNew(store, other, 'shared', { filename: 'theirs' })
      assert.equal(theirs.ref.id, ours.ref.id, 'the id does not depend on the scope')
      await assertStored(store, ours)
      await assertStored(store, theirs)
      assert.equal(await store.delete(other, theirs.ref.id), true)
      await assertStored(store, ours)
    })
  }

  it('A1 an artifact of a task is not found without the task, nor the other way around', async ({
    store,
  }) => {
    const { taskId: _, ...session } = freshScope()
    const task = { ...session, taskId: 'task' }
    const ofSession = await putNew(store, session, 'of the session')
    const ofTask = await putNew(store, task, 'of the task')
    await assertAbsent(store, task, ofSession.ref.id)
    await assertAbsent(store, session, ofTask.ref.id)
  })

  it('A1 an absent taskId is the empty taskId, and no other', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const put = await putNew(store, session)
    assert.equal(put.ref.scope.taskId, '')
    await assertStored(store, { ...put, ref: { ...put.ref, scope: { ...session, taskId: '' } } })
    for (const taskId of ['undefined', 'null', ' ', '0', '_']) {
      await assertAbsent(store, { ...session, taskId }, put.ref.id)
    }
  })
}
