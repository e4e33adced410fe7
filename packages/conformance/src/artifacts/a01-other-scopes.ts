import assert from 'node:assert/strict'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertThere } from './support/assert-artifact.ts'
import { freshScope, neighboursOf, scopeParts } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** A1: another scope's artifact is simply not there. */
export function otherScopes({ it }: ArtifactCases): void {
  for (const [index, part] of scopeParts.entries()) {
    it(`A1 an artifact is absent for another ${part}, whatever is asked`, async ({ store }) => {
      const put = await putNew(store, freshScope())
      const other = neighboursOf(put.ref.scope)[index] ?? freshScope()
      await assertAbsent(store, other, put.ref.id)
      assertSameRefs(await collect(store.list(other)), [])
      await assertThere(store, put)
    })

    it(`A1 equal contents of two scopes that differ in the ${part} are two artifacts`, async ({
      store,
    }) => {
      const ours = await putNew(store, freshScope(), 'shared', { filename: 'ours' })
      const other = neighboursOf(ours.ref.scope)[index] ?? freshScope()
      const theirs = await putNew(store, other, 'shared', { filename: 'theirs' })
      assert.equal(theirs.ref.id, ours.ref.id, 'the id says nothing of the scope')
      await assertThere(store, ours)
      await assertThere(store, theirs)
      assert.equal(await store.delete(other, theirs.ref.id), true)
      await assertThere(store, ours)
    })
  }

  it('A1 a task is not the session, and the session is no task', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const task = { ...session, taskId: 'task' }
    const ofSession = await putNew(store, session, 'of the session')
    const ofTask = await putNew(store, task, 'of the task')
    await assertAbsent(store, task, ofSession.ref.id)
    await assertAbsent(store, session, ofTask.ref.id)
  })

  it('A1 an absent task is the empty task, and no other', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const put = await putNew(store, session)
    assert.equal(put.ref.scope.taskId, '')
    await assertThere(store, { ...put, ref: { ...put.ref, scope: { ...session, taskId: '' } } })
    for (const taskId of ['undefined', 'null', ' ', '0', '_']) {
      await assertAbsent(store, { ...session, taskId }, put.ref.id)
    }
  })
}
