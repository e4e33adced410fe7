import assert from 'node:assert/strict'
import type { SummaryRequest, Summarizer, TokenEstimator } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import {
  assertHolds,
  foldedTexts,
  newTurn,
  numbered,
  recentTexts,
  say,
} from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { answering, concatenated, concatenating } from './support/summarizers.ts'

/** Texts cost their length, answers and separators nothing. */
const byCharacters: TokenEstimator = (text) =>
  text.startsWith('answer') ? 0 : text.replaceAll(';', '').length

/** M4: what a rolling summary holds once all is folded. */
export function rollingSummary({ it }: MemoryCases): void {
  for (const recentTurns of [0, 1, 4]) {
    it(`M4 the newest ${recentTurns} turns stay as they are, and older ones are folded`, async ({
      open,
    }) => {
      const store = await open({
        strategy: 'rolling_summary',
        recentTurns,
        summarizer: concatenating,
      })
      const session = freshSession()
      const texts = numbered(1, 40)
      await say(store, session, texts)
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.deepEqual(foldedTexts(context), texts.slice(0, texts.length - recentTurns))
      assert.deepEqual(recentTexts(context), texts.slice(texts.length - recentTurns))
    })
  }

  it('M4 four turns stay by default, and no summarizer is asked before there are more', async ({
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
    const session = freshSession()
    await say(store, session, numbered(1, 4))
    await store.flush(session)
    assert.equal(asked, 0)
    await say(store, session, ['turn 5'])
    await store.flush(session)
    assert.equal(asked, 1)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), ['turn 1'])
    assert.deepEqual(recentTexts(context), numbered(2, 5))
  })

  it('M4 a summarizer gets the summary so far and the oldest turns, oldest first', async ({
    open,
  }) => {
    const session = freshSession()
    const requests: (SummaryRequest & { readonly identity: unknown })[] = []
    const summarizer: Summarizer = {
      async summarize(identity, request) {
        requests.push({ ...request, identity: { ...identity } })
        return { summary: concatenated(request) }
      },
    }
    const store = await open({ strategy: 'rolling_summary', recentTurns: 2, summarizer })
    const texts = numbered(1, 30)
    await say(store, session, texts)
    await store.settled(session)
    let folded: string[] = []
    for (const { identity, previousSummary, turns } of requests) {
      assert.deepEqual(identity, session)
      assert.equal(previousSummary, folded.map((text) => `${text};`).join(''))
      folded = [...folded, ...turns.map(({ userMessage }) => userMessage)]
    }
    assert.deepEqual(folded, numbered(1, 28))
  })

  it('M4 a summarizer gets whole turns', async ({ open }) => {
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
    const session = freshSession()
    await store.addTurn(session, turn)
    await store.flush(session)
    assert.deepEqual(seen, turn)
  })

  it('M4 the summary and the turns beside it keep to the budget', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 3,
      budgetTokens: 10,
      summarizer: concatenating,
      tokenEstimator: byCharacters,
      retryAttempts: 0,
      degradedRetryMs: 1_000_000,
    })
    const session = freshSession()
    const steps: readonly (readonly [said: string, summary: string, recent: readonly string[]])[] =
      [
        ['aa', '', ['aa']],
        ['bb', '', ['aa', 'bb']],
        ['cc', '', ['aa', 'bb', 'cc']],
        ['dd', 'aa;', ['bb', 'cc', 'dd']],
        // Of the turns beside the summary the oldest give way.
        ['eee', 'aa;bb;', ['dd', 'eee']],
        ['f', 'aa;bb;cc;', ['eee', 'f']],
        ['g', 'aa;bb;cc;dd;', ['f', 'g']],
        // A summary that would not fit by itself is refused: the last good one stays.
        ['h', 'aa;bb;cc;dd;', ['g', 'h']],
      ]
    for (const [said, summary, recent] of steps) {
      await say(store, session, [said])
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.equal(context.summary, summary)
      assert.deepEqual(recentTexts(context), recent)
      assert.equal(context.tokens, byCharacters(summary + recent.join('')))
      assert.equal(await store.estimateTokens(session), context.tokens)
    }
  })

  it('M4 a summarizer is told what the summary may have, and nothing where there is no limit', async ({
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
      const session = freshSession()
      await say(store, session, ['hello'])
      await store.flush(session)
      assert.deepEqual(asked, [budgetTokens === 0 ? undefined : budgetTokens])
      await store.close()
    }
  })

  it('M4 a summary that is above the budget of the store that reads it is left out, and that is told', async ({
    open,
    events,
  }) => {
    const summary = 'x'.repeat(400)
    const rules = { strategy: 'rolling_summary', recentTurns: 1 } as const
    const session = freshSession()
    const source = await open({ ...rules, summarizer: answering(async () => ({ summary })) })
    await say(source, session, ['old', 'new'])
    await source.flush(session)
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

  it('M4 an empty summary is a summary, and costs nothing', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 1,
      summarizer: answering(async () => ({ summary: '' })),
      tokenEstimator: () => 5,
    })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    await store.flush(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(recentTexts(context), ['turn 3'])
    assert.equal(context.tokens, 10)
  })

  it('M4 a summary keeps every character', async ({ open }) => {
    const summary = '\ufeffzero\0 "quotes" \\ 😀 e\u0301 \u2028 \u0001'
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: answering(async () => ({ summary })),
    })
    const session = freshSession()
    await say(store, session, ['hello'])
    await store.flush(session)
    assert.equal((await store.getLlmContext(session)).summary, summary)
  })

  it('M4 a lone surrogate in a summary is replaced, alike on every driver', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: answering(async () => ({ summary: 'cut \ud83d' })),
    })
    const session = freshSession()
    await say(store, session, ['hello'])
    await store.flush(session)
    assert.equal((await store.getLlmContext(session)).summary, 'cut \ufffd')
  })

  it('M4 a rolling summary without a summarizer is refused at open', async ({ open }) => {
    await assertFails('invalid_config', () => open({ strategy: 'rolling_summary' }))
  })

  it('M4 flush folds what there is to fold', async ({ open }) => {
    const store = await open({
      strategy: 'rolling_summary',
      recentTurns: 0,
      summarizer: concatenating,
    })
    const session = freshSession()
    await store.flush(session)
    await say(store, session, numbered(1, 50))
    await store.flush(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numbered(1, 50))
    await assertHolds(store, session, numbered(1, 50))
  })
}
