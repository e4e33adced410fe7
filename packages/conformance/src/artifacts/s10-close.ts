import assert from 'node:assert/strict'
import type { ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { nextTurn } from '../support/next-turn.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertThere } from './support/assert-artifact.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { storeMethods } from './support/store-methods.ts'
import { walkers } from './support/walkers.ts'

const PAGE_SIZE = 2

/** S10: closing lets what is under way finish and refuses the rest. */
export function close({ it, itIfShared, callers }: ArtifactCases): void {
  it('S10 close may be repeated, also at once', async ({ store }) => {
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    await store.close()
    await store[Symbol.asyncDispose]()
  })

  it('S10 leaving the scope of a store closes it', async ({ store }) => {
    await store[Symbol.asyncDispose]()
    await assertFails('store_closed', () => store.exists(freshScope(), 'default_0123456789ab'))
  })

  for (const { name, call } of storeMethods) {
    it(`S10 ${name} on a closed store is refused`, async ({ store }) => {
      const { ref, text } = await putNew(store, freshScope())
      const given = { scope: ref.scope, id: ref.id, data: bytesOf(text), text }
      const closing = store.close()
      await assertFails('store_closed', () => call(store, given))
      await closing
      await assertFails('store_closed', () => call(store, given))
    })
  }

  it(`S10 ${callers} calls under way finish before the store is closed`, async ({ store }) => {
    const scope = freshScope()
    let finished = 0
    const calls = Array.from({ length: callers }, async (_, caller) => {
      await store.putText(scope, `content ${caller}`)
      finished += 1
    })
    await store.close()
    // The answers are on their way to their callers.
    await nextTurn()
    assert.equal(finished, callers, 'close has to wait')
    await Promise.all(calls)
  })

  for (const { name, walk } of walkers) {
    it(`S10 ${name} that was not begun before the close is refused`, async ({ store }) => {
      const walked = walk(store, await putSome(store), PAGE_SIZE)
      await store.close()
      await assertFails('store_closed', () => walked[Symbol.asyncIterator]().next())
    })

    it(`S10 ${name} that was begun gives at most its page after the close`, async ({ store }) => {
      const walked = walk(store, await putSome(store), PAGE_SIZE)
      const iterator = walked[Symbol.asyncIterator]()
      assert.notEqual((await iterator.next()).done, true)
      await store.close()
      await assertFails('store_closed', async () => {
        for (let step = 0; step < PAGE_SIZE; step += 1) await iterator.next()
      })
    })
  }

  itIfShared('S10 closing one store leaves the others open', async ({ store, open }) => {
    const other = await open()
    const put = await putNew(store, freshScope())
    await store.close()
    await assertThere(other, put)
    await assertThere(other, await putNew(other, put.ref.scope, 'goes on'))
  })
}

/** Fills more than two pages. */
async function putSome(store: ArtifactStore): Promise<FullScope> {
  const scope = freshScope()
  for (let index = 0; index < 5; index += 1) await putNew(store, scope, `content ${index}`)
  return scope
}
