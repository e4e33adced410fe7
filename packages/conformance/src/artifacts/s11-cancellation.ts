import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { eventLoopTurns } from '../support/event-loop.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { collect } from '../support/collect.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import {
  assertAbsent,
  assertSameRef,
  assertSameRefs,
  assertStored,
} from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'
import { cancellableMethods, type MethodArguments } from './support/store-methods.ts'
import { walkers } from './support/walkers.ts'

/** Registers the cases of S11: a canceled call is applied as a whole or not at all. */
export function cancellation({ it, callers }: ArtifactCases): void {
  for (const { name, call } of cancellableMethods) {
    it(`S11 ${name} with an aborted signal rejects with its reason and changes nothing`, async ({
      store,
    }) => {
      const held = await putNew(store, freshScope(), 'held')
      const reason = new Error('the user left')
      const options = { signal: AbortSignal.abort(reason) }
      const given = { ...argumentsAt(held), options }
      assert.equal(await rejectionOf(() => call(store, given)), reason)
      await assertStored(store, held)
      assertSameRefs(await collect(store.list(held.ref.scope)), [held.ref])
    })

    it(`S11 ${name} with a signal that is not aborted succeeds and leaves no listener`, async ({
      store,
    }) => {
      const held = await putNew(store, freshScope(), 'held')
      const { signal } = new AbortController()
      await call(store, { ...argumentsAt(held), options: { signal } })
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener may be left')
      const left = await collect(store.list(held.ref.scope))
      assert.equal(left.length, name.includes('put') ? 2 : name.includes('delete') ? 0 : 1)
    })
  }

  it('S11 an abort without a reason rejects with the AbortError of the platform', async ({
    store,
  }) => {
    const signal = AbortSignal.abort()
    const rejection = await rejectionOf(() => store.putText(freshScope(), 'content', { signal }))
    assert.equal(rejection, signal.reason)
  })

  for (const delay of [0, 1, 2, 5]) {
    it(`S11 each of ${callers} puts that are aborted ${delay} event-loop turns later is applied or has no effect`, async ({
      store,
    }) => {
      const scope = freshScope()
      const controller = new AbortController()
      const { signal } = controller
      const texts = Array.from({ length: callers }, (_, caller) => `content ${caller}`)
      const putting = Promise.allSettled(
        texts.map((text) => store.putText(scope, text, { signal })),
      )
      await eventLoopTurns(delay)
      const reason = new Error('the user left')
      controller.abort(reason)
      for (const [caller, result] of (await putting).entries()) {
        const text = texts[caller] ?? ''
        const retried = await putNew(store, scope, text)
        await assertStored(store, retried)
        if (result.status === 'fulfilled') assertSameRef(retried.ref, result.value)
        else assert.equal(result.reason, reason)
      }
      assert.equal((await collect(store.list(scope))).length, callers)
    })

    it(`S11 each delete that is aborted ${delay} event-loop turns later is applied or has no effect`, async ({
      store,
    }) => {
      const scope = freshScope()
      const puts: Put[] = []
      for (let index = 0; index < 20; index += 1) {
        puts.push(await putNew(store, scope, `content ${index}`))
      }
      const controller = new AbortController()
      const { signal } = controller
      const deleting = Promise.allSettled(
        puts.map(({ ref }) => store.delete(scope, ref.id, { signal })),
      )
      await eventLoopTurns(delay)
      controller.abort()
      for (const [index, result] of (await deleting).entries()) {
        const { ref } = puts[index] ?? assert.fail('there is a put for each deletion')
        const retried = await store.delete(scope, ref.id)
        assert.ok(
          result.status === 'rejected' || !retried,
          'a delete that was acknowledged has to be applied',
        )
        await assertAbsent(store, scope, ref.id)
      }
    })
  }

  for (const { name, walk } of walkers) {
    it(`S11 an abort during ${name} rejects with its reason at the next page`, async ({
      store,
    }) => {
      const scope = freshScope()
      for (let index = 0; index < 3; index += 1) await putNew(store, scope, `content ${index}`)
      const controller = new AbortController()
      const walked = walk(store, scope, 1, { signal: controller.signal })
      const iterator = walked[Symbol.asyncIterator]()
      assert.notEqual((await iterator.next()).done, true)
      const reason = new Error('the user left')
      controller.abort(reason)
      assert.equal(await rejectionOf(() => iterator.next()), reason)
    })
  }

  it('S11 an abort after the answer changes nothing', async ({ store }) => {
    const controller = new AbortController()
    const { signal } = controller
    const put = await putNew(store, freshScope(), 'content', { signal })
    controller.abort()
    await assertStored(store, put)
  })
}

/** Returns arguments that put a new content or find the existing artifact. */
function argumentsAt({ ref }: Put): MethodArguments {
  return { scope: ref.scope, id: ref.id, data: bytesOf('new bytes'), text: 'new text' }
}
