import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { nextTurn } from '../support/event-loop.ts'
import { race, tally } from '../support/race.ts'
import { assertHolds, heldTexts, newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import {
  memoryMethods,
  searchPassages,
  subtreeMethods,
  validArguments,
} from './support/memory-methods.ts'
import { storingStrategies, strategies } from './support/strategies.ts'

/** Registers the cases of S10: close waits for running calls and rejects later ones. */
export function close({ it, itIfDurable, itIfShared, callers }: MemoryCases): void {
  for (const rules of strategies) {
    it(`S10 close may be called repeatedly and concurrently under ${rules.strategy}`, async ({
      open,
    }) => {
      const store = await open(rules)
      await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
      await store.close()
      await store[Symbol.asyncDispose]()
    })
  }

  it('S10 disposing of a store closes it', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    await store[Symbol.asyncDispose]()
    await assertFails('store_closed', () => store.getLlmContext(freshIdentity()))
  })

  for (const method of [...memoryMethods, ...subtreeMethods, searchPassages]) {
    it(`S10 ${method.name} on a closed store is rejected`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const given = validArguments(freshIdentity())
      const closing = store.close()
      await assertFails('store_closed', () => method.call(store, given))
      await closing
      await assertFails('store_closed', () => method.call(store, given))
    })
  }

  it('S10 settled for all conversations on a closed store is rejected', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    await store.close()
    await assertFails('store_closed', () => store.settled())
  })

  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    it(`S10 close waits for ${callers} running calls ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      let finished = 0
      const calls = race(callers, async (caller) => {
        await store.addTurn(session, newTurn(`by ${caller}`))
        finished += 1
      })
      await store.close()
      // The answers reach their callers within this turn of the event loop.
      await nextTurn()
      assert.equal(finished, callers, 'close has to wait')
      assert.deepEqual(tally(await calls), { undefined: callers })
    })

    itIfDurable(
      `S10 a reopened store finds what was acknowledged while the store closed ${under}`,
      async ({ open }) => {
        const store = await open(rules)
        const session = freshIdentity()
        const texts = numberedTexts(1, callers)
        const adding = Promise.all(texts.map((text) => store.addTurn(session, newTurn(text))))
        await store.close()
        await adding
        const reopened = await open(rules)
        assert.deepEqual((await heldTexts(reopened, session)).toSorted(), texts.toSorted())
      },
    )

    itIfShared(`S10 closing one store leaves the others open ${under}`, async ({ open }) => {
      const store = await open(rules)
      const other = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['before'])
      await store.close()
      await addTurns(other, session, ['after'])
      await assertHolds(other, session, ['before', 'after'])
    })
  }
}
