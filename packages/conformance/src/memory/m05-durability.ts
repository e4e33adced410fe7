import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { newEventId } from '@harborage/core'
import { SNAPSHOT_TURN_IDS } from '@harborage/memory'
import { until } from '../support/waiting.ts'
import { race, tally } from '../support/race.ts'
import {
  assertHolds,
  foldedTexts,
  heldTexts,
  newTurn,
  numbered,
  say,
} from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import { HeldSummarizer } from './support/held-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keepingStrategies } from './support/strategies.ts'
import { concatenating } from './support/summarizers.ts'

/** M5: a turn that was acknowledged is there exactly once. */
export function durability({ it, itIfDurable, itIfShared, callers }: MemoryCases): void {
  const numberOfOthers = Math.min(8 * callers, 1_000)

  for (const rules of keepingStrategies) {
    const under = `under ${rules.strategy}`

    it(`M5 ${callers} turns at once are there exactly once each ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const texts = numbered(1, callers)
      await Promise.all(texts.map((text) => store.addTurn(session, newTurn(text))))
      await store.settled(session)
      assert.deepEqual((await heldTexts(store, session)).toSorted(), texts.toSorted())
    })

    it(`M5 a retried turn is stored once ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      await store.addTurn(session, turn)
      await say(store, session, numbered(1, 20))
      await store.settled(session)
      await store.addTurn(session, turn)
      await store.settled(session)
      await assertHolds(store, session, ['retried', ...numbered(1, 20)])
    })

    it(`M5 ${callers} attempts to add one turn store it once ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const turn = newTurn('said once')
      const answers = await race(callers, () => store.addTurn(session, turn))
      assert.deepEqual(tally(answers), { undefined: callers })
      await store.settled(session)
      await assertHolds(store, session, ['said once'])
    })

    it(`M5 equal turns without an id are different turns ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const turn = { userMessage: 'again', assistantResponse: 'yes' }
      for (let time = 0; time < 4; time += 1) await store.addTurn(session, turn)
      await store.settled(session)
      await assertHolds(store, session, ['again', 'again', 'again', 'again'])
    })

    it(`M5 the same id in two conversations is two turns ${under}`, async ({ open }) => {
      const store = await open(rules)
      const turn = { ...newTurn('to both'), turnId: newEventId() }
      const sessions = [freshSession(), { ...freshSession(), runId: '' }]
      for (const session of sessions) await store.addTurn(session, turn)
      for (const session of sessions) await assertHolds(store, session, ['to both'])
    })

    it(`M5 a turn that is retried after ${numberOfOthers} others is stored once ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, recentTurns: 2 * numberOfOthers })
      const session = freshSession()
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      const others = numbered(1, numberOfOthers)
      for (let from = 0; from < others.length; from += callers) {
        const some = others.slice(from, from + callers)
        await Promise.all(some.map((text) => store.addTurn(session, newTurn(text))))
      }
      await store.addTurn(session, turn)
      const held = await heldTexts(store, session)
      assert.equal(held[0], 'retried')
      assert.deepEqual(held.toSorted(), ['retried', ...others].toSorted())
    })

    it(`M5 a turn is forgotten once it is past both the number and the time ${under}`, async ({
      open,
    }) => {
      const times = [
        [0, ['again', 'again']],
        [60_000, ['again']],
      ] as const
      for (const [rememberedTurnIdsMs, held] of times) {
        const count = SNAPSHOT_TURN_IDS + 16
        const store = await open({
          ...rules,
          recentTurns: 2 * count,
          rememberedTurnIds: count,
          rememberedTurnIdsMs,
        })
        const session = freshSession()
        const turn = newTurn('again')
        await store.addTurn(session, turn)
        await say(store, session, numbered(2, count))
        await store.addTurn(session, turn)
        await assertHolds(store, session, ['again', ...numbered(2, count)])
        await say(store, session, ['one more'])
        // An id is remembered in the millisecond in which it was said.
        await setTimeout(5)
        await store.addTurn(session, turn)
        const texts = await heldTexts(store, session)
        assert.deepEqual(
          texts.filter((text) => text === 'again'),
          held,
        )
        await store.close()
      }
    })

    itIfDurable(`M5 a store that is opened again has every turn ${under}`, async ({ open }) => {
      const session = freshSession()
      const turn = newTurn('first')
      const first = await open(rules)
      await first.addTurn(session, turn)
      await say(first, session, numbered(1, 30))
      await first.close()
      const second = await open(rules)
      await second.settled(session)
      await assertHolds(second, session, ['first', ...numbered(1, 30)])
      await second.addTurn(session, turn)
      await say(second, session, numbered(31, 40))
      await second.flush(session)
      await assertHolds(second, session, ['first', ...numbered(1, 40)])
    })

    itIfShared(
      `M5 ${callers} callers on two stores lose and double nothing ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        const session = freshSession()
        const texts = numbered(1, callers / 2)
        // Every turn is added on both stores at the same time.
        await Promise.all(
          texts.map(newTurn).flatMap((turn) => stores.map((store) => store.addTurn(session, turn))),
        )
        for (const store of stores) await store.flush(session)
        for (const store of stores) {
          assert.deepEqual((await heldTexts(store, session)).toSorted(), texts.toSorted())
        }
      },
    )

    itIfShared(
      `M5 two stores that begin a conversation at once lose nothing ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        for (let round = 0; round < 20; round += 1) {
          const session = freshSession()
          await Promise.all(
            stores.map((store, index) => store.addTurn(session, newTurn(`by ${index}`))),
          )
          const [store] = stores
          assert.ok(store !== undefined)
          assert.deepEqual((await heldTexts(store, session)).toSorted(), ['by 0', 'by 1'])
        }
      },
    )
  }

  it('M5 a turn that is retried is stored once, though no turn after it fitted the budget', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 100 })
    const session = freshSession()
    const turn = newTurn('retried')
    await store.addTurn(session, turn)
    const large = 'x'.repeat(1_000)
    await say(
      store,
      session,
      Array.from({ length: 2 * SNAPSHOT_TURN_IDS }, () => large),
    )
    await store.addTurn(session, turn)
    await assertHolds(store, session, [])
  })

  itIfDurable(
    'M5 a folding that a close has interrupted is done by the next store',
    async ({ open }) => {
      const session = freshSession()
      const summarizer = new HeldSummarizer()
      const rules = { strategy: 'rolling_summary', recentTurns: 2 } as const
      const first = await open({ ...rules, summarizer })
      await say(first, session, numbered(1, 5))
      await summarizer.request(0)
      await first.close()
      const second = await open({ ...rules, summarizer: concatenating })
      await assertHolds(second, session, numbered(1, 5))
      await second.flush(session)
      const context = await second.getLlmContext(session)
      assert.deepEqual(foldedTexts(context), numbered(1, 3))
      await assertHolds(second, session, numbered(1, 5))
    },
  )

  itIfShared(
    'M5 a folding that is never heard of again is replaced, and void if it comes back',
    async ({ open }) => {
      const session = freshSession()
      const [lost, replacing] = [new HeldSummarizer(), new HeldSummarizer()]
      const rules = { strategy: 'rolling_summary', recentTurns: 2 } as const
      const first = await open({ ...rules, summarizer: lost })
      await say(first, session, numbered(1, 5))
      const forgotten = await lost.request(0)
      const second = await open({ ...rules, summarizer: replacing, summarizerTimeoutMs: 200 })
      // However often the conversation is touched, the time of the lost one comes to its end.
      await until('a second folding', async () => {
        await second.getLlmContext(session)
        return replacing.requests.length > 0
      })
      replacing.requests[0]?.answer()
      await second.settled(session)
      forgotten.answer('from the dead;')
      await first.settled(session)
      for (const store of [first, second]) await assertHolds(store, session, numbered(1, 5))
    },
  )
}
