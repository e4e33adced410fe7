import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { nextTurn } from '../support/next-turn.ts'
import { race, tally } from '../support/race.ts'
import { assertHolds, heldTexts, newTurn, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { memoryMethods, validArguments } from './support/memory-methods.ts'
import { keepingStrategies, strategies } from './support/strategies.ts'

/** S10: closing lets what is under way finish and refuses the rest. */
export function close({ it, itIfDurable, itIfShared, callers }: MemoryCases): void {
  for (const rules of strategies) {
    it(`S10 close may be repeated, also at once, under ${rules.strategy}`, async ({ open }) => {
      const store = await open(rules)
      await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
      await store.close()
      await store[Symbol.asyncDispose]()
    })
  }

  it('S10 leaving the scope of a store closes it', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    await store[Symbol.asyncDispose]()
    await assertFails('store_closed', () => store.getLlmContext(freshSession()))
  })

  for (const method of memoryMethods) {
    it(`S10 ${method.name} on a closed store is refused`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const given = validArguments(freshSession())
      const closing = store.close()
      await assertFails('store_closed', () => method.call(store, given))
      await closing
      await assertFails('store_closed', () => method.call(store, given))
    })
  }

  it('S10 settled on a closed store is refused, for all conversations as well', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    await store.close()
    await assertFails('store_closed', () => store.settled())
  })

  for (const rules of keepingStrategies) {
    const under = `under ${rules.strategy}`

    it(`S10 ${callers} calls under way finish before the store is closed ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshSession()
      let finished = 0
      const calls = race(callers, async (caller) => {
        await store.addTurn(session, newTurn(`by ${caller}`))
        finished += 1
      })
      await store.close()
      // The answers are on their way to their callers.
      await nextTurn()
      assert.equal(finished, callers, 'close has to wait')
      assert.deepEqual(tally(await calls), { undefined: callers })
    })

    itIfDurable(
      `S10 what was acknowledged while the store closed is there ${under}`,
      async ({ open }) => {
        const store = await open(rules)
        const session = freshSession()
        const texts = numbered(1, callers)
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
      const session = freshSession()
      await say(store, session, ['before'])
      await store.close()
      await say(other, session, ['after'])
      await assertHolds(other, session, ['before', 'after'])
    })
  }
}
