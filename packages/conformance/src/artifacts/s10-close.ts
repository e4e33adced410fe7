import assert from 'node:assert/strict'
import type { ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { nextTurn } from '../support/event-loop.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertStored } from './support/assert-artifact.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { storeMethods } from './support/store-methods.ts'
import { walkers } from './support/walkers.ts'

const PAGE_SIZE = 2

/** Registers the cases of S10: close waits for running calls and rejects later ones. */
export function close({ it, itIfShared, callers }: ArtifactCases): void {
  it('S10 close may be called repeatedly and concurrently', async ({ store }) => {
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    await store.close()
    await store[Symbol.asyncDispose]()
  })

  it('S10 disposing of a store closes it', async ({ store }) => {
    await store[Symbol.asyncDispose]()
    await assertFails('store_closed', () => store.exists(freshScope(), 'default_0123456789ab'))
  })

  for (const { name, call } of storeMethods) {
    it(`S10 ${name} on a closed store is rejected`, async ({ store }) => {
      const { ref, text } = await putNew(store, freshScope())
      const given = { scope: ref.scope, id: ref.id, data: bytesOf(text), text }
      const closing = store.close()
      await assertFails('store_closed', () => call(store, given))
      await closing
      await assertFails('store_closed', () => call(store, given))
    })
  }

  it(`S10 close waits for ${callers} running calls`, async ({ store }) => {
    const scope = freshScope()
    let finished = 0
    const calls = Array.from({ length: callers }, async (_, caller) => {
      await store.putText(scope, `content ${caller}`)
      finished += 1
    })
    await store.close()
    // The answers reach their callers within this turn of the event loop.
    await nextTurn()
    assert.equal(finished, callers, 'close has to wait')
    await Promise.all(calls)
  })

  for (const { name, walk } of walkers) {
    it(`S10 ${name} that starts after the close is rejected`, async ({ store }) => {
      const walked = walk(store, await fillPages(store), PAGE_SIZE)
      await store.close()
      await assertFails('store_closed', () => walked[Symbol.asyncIterator]().next())
    })

    it(`S10 ${name} that started before the close yields at most the rest of its page`, async ({
      store,
    }) => {
      const walked = walk(store, await fillPages(store), PAGE_SIZE)
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
    await assertStored(other, put)
    await assertStored(other, await putNew(other, put.ref.scope, 'next'))
  })
}

/** Puts more artifacts than two pages hold. */
async function fillPages(store: ArtifactStore): Promise<FullScope> {
  const scope = freshScope()
  for (let index = 0; index < 5; index += 1) await putNew(store, scope, `content ${index}`)
  return scope
}
