import assert from 'node:assert/strict'
import { MAX_SUMMARY_BYTES, type Summarizer } from '@harborage/memory'
import { assertHolds, foldedTexts, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { answering, concatenated } from './support/summarizers.ts'

const BUDGET_TOKENS = 1_000

const QUOTE = 'a quote of the conversation'

const faults: readonly (readonly [fault: string, reason: string, summarizer: Summarizer])[] = [
  ['rejects', 'summarizer_failed', answering(() => Promise.reject(new Error(QUOTE)))],
  [
    'throws before it returns a promise',
    'summarizer_failed',
    answering(() => {
      throw new Error(QUOTE)
    }),
  ],
  [
    'answers with a summary that cannot be read',
    'summarizer_failed',
    answering(async () => ({
      get summary(): string {
        throw new Error(QUOTE)
      },
    })),
  ],
  [
    'answers with a summary above the size limit',
    'invalid_summary',
    answering(async () => ({ summary: 'é'.repeat(MAX_SUMMARY_BYTES / 2 + 1) })),
  ],
  [
    'answers with a summary above the budget',
    'summary_too_large',
    answering(async () => ({ summary: 'x'.repeat(4 * BUDGET_TOKENS) })),
  ],
  ['answers with nothing', 'invalid_summary', answering(async () => undefined)],
  ['answers with null', 'invalid_summary', answering(async () => null)],
  ['answers with a string', 'invalid_summary', answering(async () => QUOTE)],
  ['does not return a promise', 'invalid_summary', answering(() => 7)],
  ['answers without a summary', 'invalid_summary', answering(async () => ({ text: QUOTE }))],
  [
    'answers with a number as the summary',
    'invalid_summary',
    answering(async () => ({ summary: 7 })),
  ],
  [
    'answers with null as the summary',
    'invalid_summary',
    answering(async () => ({ summary: null })),
  ],
  ['never answers', 'summarizer_timed_out', answering(() => Promise.withResolvers().promise)],
]

/** Registers the cases of M8: any failure of a summarizer lowers the health and loses no turn. */
export function summarizerFaults({ it }: MemoryCases): void {
  for (const [fault, reason, faulty] of faults) {
    it(`M8 a summarizer that ${fault} lowers the health and loses no turn`, async ({
      open,
      events,
    }) => {
      let isFaulty = true
      const summarizer: Summarizer = {
        summarize(identity, request, options) {
          if (isFaulty) return faulty.summarize(identity, request, options)
          return Promise.resolve({ summary: concatenated(request) })
        },
      }
      const store = await open({
        strategy: 'rolling_summary',
        recentTurns: 2,
        budgetTokens: BUDGET_TOKENS,
        summarizer,
        retryAttempts: 0,
        degradedRetryMs: 1_000_000,
        summarizerTimeoutMs: 20,
      })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 3))
      await store.settled(session)
      assert.deepEqual(events.payloadsOf('memory.health_changed'), [
        { priorHealth: 'healthy', newHealth: 'retry', reason },
        { priorHealth: 'retry', newHealth: 'degraded', reason },
      ])
      await assertHolds(store, session, numberedTexts(1, 3))
      assert.ok(
        !JSON.stringify(events.all).includes(QUOTE),
        'an event may not quote the conversation',
      )

      // The read triggered another recovery attempt, which failed.
      await store.settled(session)
      isFaulty = false
      await store.compact(session)
      assert.equal(await store.health(session), 'healthy')
      assert.deepEqual(foldedTexts(await store.getLlmContext(session)), ['turn 1'])
    })
  }

  it('M8 a summarizer that times out is aborted, and its late answer is discarded', async ({
    open,
  }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 2,
      summarizer,
      retryBackoffMs: 1,
      summarizerTimeoutMs: 50,
    })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const late = await summarizer.request(0)
    const retry = await summarizer.request(1)
    assert.equal(late.signal.aborted, true)
    assert.equal(retry.signal.aborted, false)
    late.answer('too late;')
    retry.answer()
    await store.settled(session)
    await assertHolds(store, session, numberedTexts(1, 3))
  })
}
