import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { collect } from '../support/collect.ts'
import { nextTurn } from '../support/event-loop.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { collidingPair } from './support/colliding-pair.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { deleteSession } from '../support/delete-session.ts'

const MEBIBYTE = 1024 * 1024

/**
 * Registers the cases of A8: an acknowledged put is durable, and a running one is seen as a whole
 * or not at all.
 */
export function durability({ it, itIfDurable, itIfShared, callers }: ArtifactCases): void {
  itIfDurable('A8 a reopened store finds every part of an artifact', async ({ store, open }) => {
    const scope = freshScope()
    const options = {
      namespace: 'tool_output',
      mimeType: 'text/csv',
      filename: '../a b.csv',
      source: { tool: 'query', rows: [1, 2] },
    }
    const puts = [
      await putNew(store, scope, 'a,b\n', options),
      await putNew(store, { ...scope, taskId: '' }, ''),
      await putNew(store, scope, 'x'.repeat(MEBIBYTE)),
    ]
    await store.close()
    const reopened = await open()
    for (const put of puts) await assertStored(reopened, put)
  })

  itIfDurable(
    'A8 a reopened store finds both of two colliding contents',
    async ({ store, open }) => {
      const scope = freshScope()
      const [first, second] = collidingPair
      const puts = [await putNew(store, scope, first), await putNew(store, scope, second)]
      await store.close()
      const reopened = await open()
      for (const put of puts) {
        await assertStored(reopened, put)
        assertSameRefs([await reopened.putText(scope, put.text)], [put.ref])
      }
    },
  )

  itIfDurable(
    `A8 a reopened store finds what ${callers} callers put while the store closed`,
    async ({ store, open }) => {
      const scope = freshScope()
      const putting = Promise.all(
        Array.from({ length: callers }, (_, caller) => putNew(store, scope, `content ${caller}`)),
      )
      await store.close()
      const puts = await putting
      const reopened = await open()
      for (const put of puts) await assertStored(reopened, put)
      assert.equal((await collect(reopened.list(scope))).length, callers)
    },
  )

  itIfDurable('A8 a reopened store does not find what was deleted', async ({ store, open }) => {
    const scope = freshScope()
    const [deleted, kept] = [
      await putNew(store, scope, 'deleted'),
      await putNew(store, scope, 'kept'),
    ]
    const other = await putNew(store, { ...scope, sessionId: 'other' }, 'of a deleted session')
    assert.equal(await store.delete(scope, deleted.ref.id), true)
    assert.equal(await deleteSession(store, other.ref.scope), 1)
    await store.close()
    const reopened = await open()
    for (const { ref } of [deleted, other]) await assertAbsent(reopened, ref.scope, ref.id)
    await assertStored(reopened, kept)
  })

  it('A8 a running put is seen as a whole or not at all', async ({ store }) => {
    for (let round = 0; round < 5; round += 1) {
      const scope = freshScope()
      const content = new Uint8Array(randomBytes(MEBIBYTE))
      const id = `default_${digestOf(content).slice(0, 12)}`
      let isUnderWay = true
      const putting = store.putBytes(scope, content).finally(() => (isUnderWay = false))
      // Awaited at the end. This handler is for a check of the loop that fails before that.
      putting.catch(() => {})
      while (isUnderWay) {
        const [bytes, ref] = [await store.get(scope, id), await store.getRef(scope, id)]
        if (bytes !== undefined) {
          assert.deepEqual(bytes, content, 'no part of it may be seen')
          assert.equal(ref?.sizeBytes, MEBIBYTE)
        }
        for (const listed of await collect(store.list(scope))) {
          assert.deepEqual(await store.get(scope, listed.id), content)
        }
        await nextTurn()
      }
      assertSameRefs(await collect(store.list(scope)), [await putting])
    }
  })

  itIfShared('A8 a store finds at once what another store has put', async ({ store, open }) => {
    const other = await open()
    const scope = freshScope()
    for (let index = 0; index < 20; index += 1) {
      await assertStored(other, await putNew(store, scope, `content ${index}`))
    }
    assert.equal(await deleteSession(other, scope), 20)
    assertSameRefs(await collect(store.list(scope)), [])
  })
}
