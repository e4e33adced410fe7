import assert from 'node:assert/strict'
import { SNAPSHOT_TURN_IDS, type MemoryRules, type Summarizer } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { textOf } from '../support/text-bytes.ts'
import {
  assertHolds,
  foldedTexts,
  newTurn,
  numberedTexts,
  recentTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { answering, concatenating, failing } from './support/summarizers.ts'

const truncation = { strategy: 'truncation' } as const

/** Registers the cases of M11: a conversion changes the strategy and loses no stored content. */
export function conversion({ it, itIfDurable, itIfShared }: MemoryCases): void {
  it('M11 converting an empty conversation, or to its own strategy, changes nothing', async ({
    open,
    events,
  }) => {
    const store = await open(truncation)
    const session = freshIdentity()
    await store.convert(session)
    await assertHolds(store, session, [])
    await addTurns(store, session, numberedTexts(1, 5))
    const before = await store.snapshot(session)
    await store.convert(session)
    assert.deepEqual(await store.snapshot(session), before)
    assert.deepEqual(events.all, [])
  })

  itIfDurable('M11 a truncated conversation continues as a summarized one', async ({ open }) => {
    const session = freshIdentity()
    const said = numberedTexts(1, 40).map(newTurn)
    const first = await open(truncation)
    for (const turn of said) await first.addTurn(session, turn)
    await first.close()
    const store = await open(rolling(concatenating))
    await store.convert(session)
    await store.convert(session)
    for (const turn of said) await store.addTurn(session, turn)
    await addTurns(store, session, ['next'])
    await store.compact(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 39))
    assert.deepEqual(recentTexts(context), ['turn 40', 'next'])
  })

  itIfDurable(
    'M11 a summary becomes the first turn of a truncated conversation, before the turns that were not folded',
    async ({ open }) => {
      const session = freshIdentity()
      const said = numberedTexts(1, 9).map(newTurn)
      const first = await open(rolling(concatenating))
      for (const turn of said) await first.addTurn(session, turn)
      await first.settled(session)
      await first.close()
      const store = await open(truncation)
      await store.convert(session)
      await store.convert(session)
      for (const turn of said) await store.addTurn(session, turn)
      await addTurns(store, session, ['next'])
      const { summary, recentTurns, tokens } = await store.getLlmContext(session)
      assert.equal(summary, '')
      const [begin, ...rest] = recentTurns
      assert.equal(
        begin?.assistantResponse,
        numberedTexts(1, 7)
          .map((text) => `${text};`)
          .join(''),
      )
      assert.notEqual(begin?.userMessage, '')
      assert.deepEqual(
        rest.map(({ userMessage }) => userMessage),
        ['turn 8', 'turn 9', 'next'],
      )
      assert.equal(await store.estimateTokens(session), tokens)
      const other = freshIdentity()
      await store.restore(other, await store.snapshot(session))
      assert.deepEqual(await store.snapshot(other), await store.snapshot(session))
    },
  )

  itIfDurable('M11 a summary of any length is converted without loss', async ({ open }) => {
    const session = freshIdentity()
    const summary = '\0"'.repeat(200_000)
    const first = await open(rolling(answering(async () => ({ summary }))))
    await addTurns(first, session, numberedTexts(1, 3))
    await first.settled(session)
    await first.close()
    const store = await open(truncation)
    await store.convert(session)
    const snapshot = await store.snapshot(session)
    await store.restore(session, snapshot)
    const { recentTurns } = await store.getLlmContext(session)
    const parts = recentTurns.slice(0, -2).map(({ assistantResponse }) => assistantResponse)
    assert.ok(parts.join('') === summary, 'the summary has to be the same')
    assert.ok(textOf((await store.snapshot(session)).bytes) === textOf(snapshot.bytes))
  })

  itIfDurable(
    'M11 converting to another strategy and back keeps the content and its order',
    async ({ open }) => {
      const session = freshIdentity()
      const first = await open(rolling(concatenating))
      await addTurns(first, session, numberedTexts(1, 5))
      await first.settled(session)
      await first.close()
      const second = await open(truncation)
      await second.convert(session)
      await addTurns(second, session, numberedTexts(6, 8))
      await second.close()
      const answers: string[] = []
      const store = await open(
        rolling({
          async summarize(_identity, { previousSummary, turns }) {
            answers.push(...turns.map((turn) => turn.assistantResponse))
            return { summary: `${previousSummary}${turns.length};` }
          },
        }),
      )
      await store.convert(session)
      await store.compact(session)
      assert.equal(answers[0], 'turn 1;turn 2;turn 3;')
      const folded = [4, 5, 6].map((number) => `answer to turn ${number}`)
      assert.deepEqual(answers.slice(1), folded)
      assert.deepEqual(recentTexts(await store.getLlmContext(session)), numberedTexts(7, 8))
    },
  )

  itIfDurable('M11 a summary is never split within a character', async ({ open }) => {
    for (const before of ['', 'x']) {
      const session = freshIdentity()
      const summary = before + '😀'.repeat(200_000)
      const first = await open(rolling(answering(async () => ({ summary }))))
      await addTurns(first, session, numberedTexts(1, 3))
      await first.settled(session)
      await first.close()
      const store = await open(truncation)
      await store.convert(session)
      const { recentTurns } = await store.getLlmContext(session)
      const parts = recentTurns.slice(0, -2).map(({ assistantResponse }) => assistantResponse)
      assert.ok(
        parts.every((part) => part.isWellFormed()),
        'a part begins or ends within a character',
      )
      assert.ok(parts.join('') === summary, 'the summary has to be the same')
      await store.close()
    }
  })

  itIfDurable(
    'M11 a retried turn is stored once after any number of conversions',
    async ({ open }) => {
      const session = freshIdentity()
      const said = numberedTexts(1, SNAPSHOT_TURN_IDS + 36).map(newTurn)
      const later = numberedTexts(said.length + 1, said.length + SNAPSHOT_TURN_IDS).map(newTurn)
      const all = [...said, ...later]
      // Only the number of turns decides what is remembered, not the time.
      const remembering = { rememberedTurnIds: all.length, rememberedTurnIdsMs: 0 }
      const recentTurns = said.length - 10
      const summarizing = { ...rolling(concatenating), recentTurns, ...remembering }
      const truncating = { ...truncation, ...remembering }
      const first = await open(summarizing)
      for (const turn of said) await first.addTurn(session, turn)
      await first.compact(session)
      await first.close()
      for (const rules of [truncating, summarizing, truncating, summarizing]) {
        const store = await open(rules)
        await store.convert(session)
        await store.compact(session)
        await store.close()
      }
      const store = await open(truncating)
      await store.convert(session)
      for (const turn of [...said, ...later, ...all]) await store.addTurn(session, turn)
      const [, ...kept] = recentTexts(await store.getLlmContext(session))
      assert.deepEqual(kept, numberedTexts(11, all.length))
    },
  )

  itIfDurable('M11 only an empty conversation can be converted to none', async ({ open }) => {
    const session = freshIdentity()
    const first = await open(truncation)
    await addTurns(first, session, ['kept'])
    await first.close()
    const store = await open({ strategy: 'none' })
    await assertFails('strategy_mismatch', () => store.convert(session))
    await store.restore(session, { bytes: new Uint8Array() })
    await store.convert(session)
    assert.equal(await store.estimateTokens(session), 0)
  })

  itIfDurable(
    'M11 a degraded conversation is healthy once it is converted to truncation, and events are published',
    async ({ open, events }) => {
      const session = freshIdentity()
      const first = await open({
        ...rolling(failing(1_000)),
        retryAttempts: 0,
        degradedRetryMs: 1_000_000,
      })
      await addTurns(first, session, numberedTexts(1, 4))
      await first.settled(session)
      await first.close()
      const steps = events.healthSteps.length
      const store = await open(truncation)
      await store.convert(session)
      assert.equal(await store.health(session), 'healthy')
      assert.deepEqual(events.payloadsOf('memory.health_changed').slice(steps), [
        { priorHealth: 'degraded', newHealth: 'recovering', reason: 'converted' },
        { priorHealth: 'recovering', newHealth: 'healthy', reason: 'converted' },
      ])
      await assertHolds(store, session, numberedTexts(1, 4))
    },
  )

  itIfShared(
    'M11 the result of a fold is discarded if a conversion came first',
    async ({ open }) => {
      const summarizer = new ManualSummarizer()
      const session = freshIdentity()
      const first = await open(rolling(summarizer))
      await addTurns(first, session, numberedTexts(1, 4))
      const request = await summarizer.request(0)
      const store = await open(truncation)
      await store.convert(session)
      request.answer()
      await first.settled(session)
      await assertHolds(store, session, numberedTexts(1, 4))
    },
  )

  itIfShared(
    'M11 turns that are added during a conversion are stored once or rejected',
    async ({ open }) => {
      const session = freshIdentity()
      const first = await open(rolling(concatenating))
      const store = await open(truncation)
      await addTurns(first, session, numberedTexts(1, 3))
      await first.settled(session)
      const added = numberedTexts(4, 20).map(async (text) => {
        await first.addTurn(session, newTurn(text))
        return text
      })
      const [, ...outcomes] = await Promise.allSettled([store.convert(session), ...added])
      await first.settled(session)
      await store.convert(session)
      const kept = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      const { recentTurns } = await store.getLlmContext(session)
      const held = recentTurns.flatMap(({ userMessage, assistantResponse }) =>
        assistantResponse.endsWith(';') ? assistantResponse.split(';').slice(0, -1) : [userMessage],
      )
      assert.deepEqual(held.toSorted(), [...numberedTexts(1, 3), ...kept].toSorted())
      assert.equal(new Set(held).size, held.length)
    },
  )
}

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}
