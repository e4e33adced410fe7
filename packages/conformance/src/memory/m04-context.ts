import assert from 'node:assert/strict'
import type { SummaryRequest, Summarizer, TokenEstimator } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import {
  assertHolds,
  foldedTexts,
  newTurn,
  numberedTexts,
  recentTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { answering, concatenated, concatenating } from './support/summarizers.ts'

/** Counts one token for each character, and none for answers and separators. */
const byCharacters: TokenEstimator = (text) =>
  text.startsWith('answer') ? 0 : text.replaceAll(';', '').length

/** Registers the cases of M4 about the context once all older turns are folded. */
export function rollingSummary({ it }: MemoryCases): void {
  for (const recentTurns of [0, 1, 4]) {
    it(`M4 the newest ${recentTurns} turns are kept, and older ones are folded`, async ({
      open,
    }) => {
      const store = await open({
        strategy: 'rolling_summary',
        recentTurns,
        summarizer: concatenating,
      })
      const session = freshIdentity()
      const texts = numberedTexts(1, 40)
      await addTurns(store, session, texts)
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.deepEqual(foldedTexts(context), texts.slice(0, texts.length - recentTurns))
      assert.deepEqual(recentTexts(context), texts.slice(texts.length - recentTurns))
    })
  }

  it('M4 four turns are kept by default, and the summarizer is not called before there are more', async ({
    open,
  }) => {
    let asked = 0
    const summarizer: Summarizer = {
      async summarize(_identity, request) {
        asked += 1
        return { summary: concatenated(request) }
      },
    }
    const store = await open({ strategy: 'rolling_summary', summarizer })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 4))
    await store.compact(session)
    assert.equal(asked, 0)
    await addTurns(store, session, ['turn 5'])
    await store.compact(session)
    assert.equal(asked, 1)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), ['turn 1'])
    assert.deepEqual(recentTexts(context), numberedTexts(2, 5))
  })

  it('M4 a summarizer receives the previous summary and the oldest turns, oldest first', async ({
    open,
  }) => {
    const session = freshIdentity()
    const requests: (SummaryRequest & { readonly identity: unknown })[] = []
    const summarizer: Summarizer = {
      async summarize(identity, request) {
        requests.push({ ...request, identity: { ...identity } })
        return { summary: concatenated(request) }
      },
    }
    const store = await open({ strategy: 'rolling_summary', recentTurns: 2, summarizer })
    const texts = numberedTexts(1, 30)
    await addTurns(store, session, texts)
    await store.settled(session)
    let folded: string[] = []
    for (const { identity, previousSummary, turns } of requests) {
      assert.deepEqual(identity, session)
      assert.equal(previousSummary, folded.map((text) => `${text};`).join(''))
      folded = [...folded, ...turns.map(({ userMessage }) => userMessage)]
    }
    assert.deepEqual(folded, numberedTexts(1, 28))
  })

  it('M4 a summarizer receives complete turns', async ({ open }) => {
    const turn = {
      ...newTurn('question'),
      timestamp: new Date(1_234_567_890_123),
      trajectoryDigest: {
        toolsInvoked: ['search', 'read'],
        observationsSummary: 'found it',
        reasoningSummary: 'looked for it',
        artifactsRefs: ['default_0123456789ab'],
      },
      artifactsShown: { shown: [1, { deep: null }] },
      artifactsHiddenRefs: ['hidden'],
    }
    let seen: unknown
    const summarizer: Summarizer = {
      async summarize(_identity, { turns }) {
        seen = turns[0]
        return { summary: 'short' }
      },
    }
    const store = await open({ strategy: 'rolling_summary', recentTurns: 0, summarizer })
    const session = freshIdentity()
    await store.addTurn(session, turn)
    await store.compact(session)
    assert.deepEqual(seen, turn)
  })

  it('M4 the summary and the recent turns together fit the budget', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 3,
      budgetTokens: 10,
      summarizer: concatenating,
      tokenEstimator: byCharacters,
      retryAttempts: 0,
      degradedRetryMs: 1_000_000,
    })
    const session = freshIdentity()
    const steps: readonly (readonly [said: string, summary: string, recent: readonly string[]])[] =
      [
        ['aa', '', ['aa']],
        ['bb', '', ['aa', 'bb']],
        ['cc', '', ['aa', 'bb', 'cc']],
        ['dd', 'aa;', ['bb', 'cc', 'dd']],
        // The oldest of the recent turns are left out.
        ['eee', 'aa;bb;', ['dd', 'eee']],
        ['f', 'aa;bb;cc;', ['eee', 'f']],
        ['g', 'aa;bb;cc;dd;', ['f', 'g']],
        // A summary above the budget is rejected, and the previous one is kept.
        ['h', 'aa;bb;cc;dd;', ['g', 'h']],
      ]
    for (const [said, summary, recent] of steps) {
      await addTurns(store, session, [said])
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.equal(context.summary, summary)
      assert.deepEqual(recentTexts(context), recent)
      assert.equal(context.tokens, byCharacters(summary + recent.join('')))
      assert.equal(await store.estimateTokens(session), context.tokens)
    }
  })

  it('M4 a summarizer receives the limit of the summary, or undefined without a limit', async ({
    open,
  }) => {
    for (const budgetTokens of [0, 1_000]) {
      const asked: (number | undefined)[] = []
      const summarizer: Summarizer = {
        async summarize(_identity, request) {
          asked.push(request.maxTokens)
          return { summary: concatenated(request) }
        },
      }
      const store = await open({
        strategy: 'rolling_summary',
        recentTurns: 0,
        budgetTokens,
        summarizer,
      })
      const session = freshIdentity()
      await addTurns(store, session, ['hello'])
      await store.compact(session)
      assert.deepEqual(asked, [budgetTokens === 0 ? undefined : budgetTokens])
      await store.close()
    }
  })

  it('M4 a summary above the budget of the reading store is left out, and an event is published', async ({
    open,
    events,
  }) => {
    const summary = 'x'.repeat(400)
    const rules = { strategy: 'rolling_summary', recentTurns: 1 } as const
    const session = freshIdentity()
    const source = await open({ ...rules, summarizer: answering(async () => ({ summary })) })
    await addTurns(source, session, ['old', 'new'])
    await source.compact(session)
    const snapshot = await source.snapshot(session)
    await source.close()
    const store = await open({ ...rules, summarizer: concatenating, budgetTokens: 50 })
    await store.restore(session, snapshot)
    const context = await store.getLlmContext(session)
    assert.deepEqual([context.summary, recentTexts(context)], ['', ['new']])
    assert.equal(await store.estimateTokens(session), context.tokens)
    await store.settled(session)
    assert.deepEqual(events.payloadsOf('memory.summary_omitted'), [
      { summaryTokens: 101, budgetTokens: 50 },
    ])
  })

  it('M4 an empty summary is valid and costs nothing', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 1,
      summarizer: answering(async () => ({ summary: '' })),
      tokenEstimator: () => 5,
    })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await store.compact(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(recentTexts(context), ['turn 3'])
    assert.equal(context.tokens, 10)
  })

  it('M4 a summary is stored unchanged', async ({ open }) => {
    const summary = '\ufeffzero\0 "quotes" \\ 😀 e\u0301 \u2028 \u0001'
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: answering(async () => ({ summary })),
    })
    const session = freshIdentity()
    await addTurns(store, session, ['hello'])
    await store.compact(session)
    assert.equal((await store.getLlmContext(session)).summary, summary)
  })

  it('M4 a lone surrogate in a summary is replaced by U+FFFD', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: answering(async () => ({ summary: 'cut \ud83d' })),
    })
    const session = freshIdentity()
    await addTurns(store, session, ['hello'])
    await store.compact(session)
    assert.equal((await store.getLlmContext(session)).summary, 'cut \ufffd')
  })

  it('M4 a rolling summary without a summarizer is rejected at open', async ({ open }) => {
    await assertFails('invalid_config', () => open({ strategy: 'rolling_summary' }))
  })

  it('M4 compact folds all older turns', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: concatenating,
    })
    const session = freshIdentity()
    await store.compact(session)
    await addTurns(store, session, numberedTexts(1, 50))
    await store.compact(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 50))
    await assertHolds(store, session, numberedTexts(1, 50))
  })
}
