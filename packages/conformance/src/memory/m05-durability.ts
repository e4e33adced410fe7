import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { newEventId } from '@harborage/core'
import { SNAPSHOT_TURN_IDS } from '@harborage/memory'
import { waitUntil } from '../support/waiting.ts'
import { race, tally } from '../support/race.ts'
import {
  assertHolds,
  foldedTexts,
  heldTexts,
  newTurn,
  numberedTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies } from './support/strategies.ts'
import { concatenating } from './support/summarizers.ts'

/** Registers the cases of M5: an acknowledged turn is stored exactly once. */
export function durability({ it, itIfDurable, itIfShared, callers }: MemoryCases): void {
  const numberOfOthers = Math.min(8 * callers, 1_000)

  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    it(`M5 ${callers} concurrent turns are stored exactly once each ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const texts = numberedTexts(1, callers)
      await Promise.all(texts.map((text) => store.addTurn(session, newTurn(text))))
      await store.settled(session)
      assert.deepEqual((await heldTexts(store, session)).toSorted(), texts.toSorted())
    })

    it(`M5 a retried turn is stored once ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      await store.addTurn(session, turn)
      await addTurns(store, session, numberedTexts(1, 20))
      await store.settled(session)
      await store.addTurn(session, turn)
      await store.settled(session)
      await assertHolds(store, session, ['retried', ...numberedTexts(1, 20)])
    })

    it(`M5 ${callers} concurrent attempts to add one turn store it once ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const turn = newTurn('said once')
      const answers = await race(callers, () => store.addTurn(session, turn))
      assert.deepEqual(tally(answers), { undefined: callers })
      await store.settled(session)
      await assertHolds(store, session, ['said once'])
    })

    it(`M5 equal turns without an id are different turns ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const turn = { userMessage: 'again', assistantResponse: 'yes' }
      for (let time = 0; time < 4; time += 1) await store.addTurn(session, turn)
      await store.settled(session)
      await assertHolds(store, session, ['again', 'again', 'again', 'again'])
    })

    it(`M5 the same id in two conversations is two turns ${under}`, async ({ open }) => {
      const store = await open(rules)
      const turn = { ...newTurn('to both'), turnId: newEventId() }
      const sessions = [freshIdentity(), { ...freshIdentity(), runId: '' }]
      for (const session of sessions) await store.addTurn(session, turn)
      for (const session of sessions) await assertHolds(store, session, ['to both'])
    })

    it(`M5 a turn that is retried after ${numberOfOthers} others is stored once ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, recentTurns: 2 * numberOfOthers })
      const session = freshIdentity()
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      const others = numberedTexts(1, numberOfOthers)
      for (let from = 0; from < others.length; from += callers) {
        const some = others.slice(from, from + callers)
        await Promise.all(some.map((text) => store.addTurn(session, newTurn(text))))
      }
      await store.addTurn(session, turn)
      const held = await heldTexts(store, session)
      assert.equal(held[0], 'retried')
      assert.deepEqual(held.toSorted(), ['retried', ...others].toSorted())
    })

    it(`M5 a turn id is forgotten once both its number and its time have passed ${under}`, async ({
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
        const session = freshIdentity()
        const turn = newTurn('again')
        await store.addTurn(session, turn)
        await addTurns(store, session, numberedTexts(2, count))
        await store.addTurn(session, turn)
        await assertHolds(store, session, ['again', ...numberedTexts(2, count)])
        await addTurns(store, session, ['one more'])
        // A turn id is still remembered within the millisecond in which it was added.
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

    itIfDurable(`M5 a reopened store finds every turn ${under}`, async ({ open }) => {
      const session = freshIdentity()
      const turn = newTurn('first')
      const first = await open(rules)
      await first.addTurn(session, turn)
      await addTurns(first, session, numberedTexts(1, 30))
      await first.close()
      const second = await open(rules)
      await second.settled(session)
      await assertHolds(second, session, ['first', ...numberedTexts(1, 30)])
      await second.addTurn(session, turn)
      await addTurns(second, session, numberedTexts(31, 40))
      await second.compact(session)
      await assertHolds(second, session, ['first', ...numberedTexts(1, 40)])
    })

    itIfShared(
      `M5 ${callers} callers on two stores lose and duplicate no turn ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        const session = freshIdentity()
        const texts = numberedTexts(1, callers / 2)
        // Every turn is added on both stores at the same time.
        await Promise.all(
          texts.map(newTurn).flatMap((turn) => stores.map((store) => store.addTurn(session, turn))),
        )
        for (const store of stores) await store.compact(session)
        for (const store of stores) {
          assert.deepEqual((await heldTexts(store, session)).toSorted(), texts.toSorted())
        }
      },
    )

    itIfShared(
      `M5 two stores that begin a conversation at the same time lose no turn ${under}`,
      async ({ open }) => {
        const stores = [await open(rules), await open(rules)]
        for (let round = 0; round < 20; round += 1) {
          const session = freshIdentity()
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

  it('M5 a retried turn is stored once although no turn after it fits the budget', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation', budgetTokens: 100 })
    const session = freshIdentity()
    const turn = newTurn('retried')
    await store.addTurn(session, turn)
    const large = 'x'.repeat(1_000)
    await addTurns(
      store,
      session,
      Array.from({ length: 2 * SNAPSHOT_TURN_IDS }, () => large),
    )
    await store.addTurn(session, turn)
    await assertHolds(store, session, [])
  })

  itIfDurable('M5 a fold that a close interrupted is done by the next store', async ({ open }) => {
    const session = freshIdentity()
    const summarizer = new ManualSummarizer()
    const rules = { strategy: 'rolling_summary', recentTurns: 2 } as const
    const first = await open({ ...rules, summarizer })
    await addTurns(first, session, numberedTexts(1, 5))
    await summarizer.request(0)
    await first.close()
    const second = await open({ ...rules, summarizer: concatenating })
    await assertHolds(second, session, numberedTexts(1, 5))
    await second.compact(session)
    const context = await second.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 3))
    await assertHolds(second, session, numberedTexts(1, 5))
  })

  itIfShared(
    'M5 a fold that never ends is replaced, and its late result is discarded',
    async ({ open }) => {
      const session = freshIdentity()
      const [lost, replacing] = [new ManualSummarizer(), new ManualSummarizer()]
      const rules = { strategy: 'rolling_summary', recentTurns: 2 } as const
      const first = await open({ ...rules, summarizer: lost })
      await addTurns(first, session, numberedTexts(1, 5))
      const forgotten = await lost.request(0)
      const second = await open({ ...rules, summarizer: replacing, summarizerTimeoutMs: 200 })
      // Reading the conversation repeatedly may not extend the time of the lost fold.
      await waitUntil('a second fold', async () => {
        await second.getLlmContext(session)
        return replacing.requests.length > 0
      })
      replacing.requests[0]?.answer()
      await second.settled(session)
      forgotten.answer('too late;')
      await first.settled(session)
      for (const store of [first, second]) await assertHolds(store, session, numberedTexts(1, 5))
    },
  )
}
