import assert from 'node:assert/strict'
import { types } from 'node:util'
import type { MemoryRules, Summarizer } from '@harborage/memory'
import {
  assertHolds,
  foldedTexts,
  numberedTexts,
  recentTexts,
  addTurns,
} from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { concatenated, concatenating, failing } from './support/summarizers.ts'

const NEVER_MS = 1_000_000

/** Registers the cases of M8 about the steps of health, which are published as events. */
export function health({ it, itIfDurable, itIfShared }: MemoryCases): void {
  const walks: readonly (readonly [
    failures: number,
    attempts: number,
    steps: readonly string[],
  ])[] = [
    [1, 3, ['healthy -> retry', 'retry -> healthy']],
    [3, 3, ['healthy -> retry', 'retry -> healthy']],
    [
      1,
      0,
      ['healthy -> retry', 'retry -> degraded', 'degraded -> recovering', 'recovering -> healthy'],
    ],
    [
      4,
      1,
      [
        'healthy -> retry',
        'retry -> degraded',
        'degraded -> recovering',
        'recovering -> degraded',
        'degraded -> recovering',
        'recovering -> degraded',
        'degraded -> recovering',
        'recovering -> healthy',
      ],
    ],
  ]
  for (const [failures, retryAttempts, steps] of walks) {
    it(`M8 ${failures} failures with ${retryAttempts} retries cause exactly the legal steps`, async ({
      open,
      events,
    }) => {
      const store = await open({
        ...rolling(failing(failures)),
        retryAttempts,
        degradedRetryMs: 1,
      })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 3))
      await events.untilHealthSteps(steps.length)
      await store.settled(session)
      assert.deepEqual(events.healthSteps, steps)
      assert.equal(await store.health(session), 'healthy')
      const context = await store.getLlmContext(session)
      assert.deepEqual(foldedTexts(context), ['turn 1'])
      await assertHolds(store, session, numberedTexts(1, 3))
    })
  }

  it('M8 health returns the health of the conversation after each step', async ({
    open,
    events,
  }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({
      ...rolling(summarizer),
      retryAttempts: 1,
      degradedRetryMs: 1,
    })
    const session = freshIdentity()
    assert.equal(await store.health(session), 'healthy')
    await addTurns(store, session, numberedTexts(1, 3))
    const expectations: readonly (readonly [request: number, steps: number, health: string])[] = [
      [0, 1, 'retry'],
      [1, 3, 'recovering'],
      [2, 5, 'recovering'],
    ]
    for (const [index, steps, expected] of expectations) {
      const request = await summarizer.request(index)
      request.fail()
      await events.untilHealthSteps(steps)
      // The next attempt waits for its answer, so nothing changes until then.
      await summarizer.request(index + 1)
      assert.equal(await store.health(session), expected)
    }
    ;(await summarizer.request(3)).answer()
    await store.settled(session)
    assert.equal(await store.health(session), 'healthy')
  })

  it('M8 an event has the identity, the health before and after, and the reason', async ({
    open,
    events,
  }) => {
    const store = await open({ ...rolling(failing(1)), retryAttempts: 1 })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await store.settled(session)
    const { tenantId, userId, sessionId } = session
    for (const event of events.all) {
      assert.equal(event.type, 'memory.health_changed')
      assert.deepEqual({ ...event.identity }, { tenantId, userId, sessionId })
      assert.ok(types.isDate(event.occurredAt))
    }
    assert.deepEqual(events.payloadsOf('memory.health_changed'), [
      { priorHealth: 'healthy', newHealth: 'retry', reason: 'summarizer_failed' },
      { priorHealth: 'retry', newHealth: 'healthy', reason: 'summarized' },
    ])
  })

  it('M8 a retry waits twice as long each time', async ({ open }) => {
    const asked: number[] = []
    const summarizer: Summarizer = {
      async summarize(_identity, request) {
        asked.push(performance.now())
        if (asked.length < 4) throw new Error('the model is overloaded')
        return { summary: concatenated(request) }
      },
    }
    const retryBackoffMs = 20
    const store = await open({ ...rolling(summarizer), retryAttempts: 3, retryBackoffMs })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await store.settled(session)
    assert.equal(asked.length, 4)
    for (const [retry, factor] of [1, 2, 4].entries()) {
      const waited = (asked[retry + 1] ?? 0) - (asked[retry] ?? 0)
      // A timer may fire a fraction of a millisecond early, because it rounds.
      assert.ok(waited >= retryBackoffMs * factor - 1, `retry ${retry} came after ${waited} ms`)
    }
  })

  it('M8 a conversation that cannot be summarized is still returned, within the budget', async ({
    open,
  }) => {
    let isBroken = false
    const summarizer: Summarizer = {
      async summarize(_identity, request) {
        if (isBroken) throw new Error('the model is gone')
        return { summary: concatenated(request) }
      },
    }
    const store = await open({
      ...rolling(summarizer),
      ...degradedAtOnce,
      budgetTokens: 10,
      tokenEstimator: (text) => (text.startsWith('answer') ? 0 : 1),
    })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 5))
    await store.settled(session)
    isBroken = true
    await addTurns(store, session, numberedTexts(6, 8))
    await store.settled(session)
    assert.equal(await store.health(session), 'degraded')
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 3), 'the last valid summary')
    assert.deepEqual(
      recentTexts(context),
      numberedTexts(4, 8),
      'and all turns that were not folded',
    )
    await addTurns(store, session, numberedTexts(9, 20))
    await store.settled(session)
    const later = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(later), numberedTexts(1, 3))
    assert.deepEqual(recentTexts(later), numberedTexts(12, 20), 'the newest turns that fit')
    assert.equal(later.tokens, 10)
  })

  it('M8 each conversation has its own health', async ({ open }) => {
    const [sick, well] = [freshIdentity(), freshIdentity()]
    const summarizer: Summarizer = {
      async summarize({ tenantId }, request) {
        if (tenantId === sick.tenantId) throw new Error('the model refuses')
        return { summary: concatenated(request) }
      },
    }
    const store = await open({ ...rolling(summarizer), ...degradedAtOnce })
    for (const session of [sick, well]) await addTurns(store, session, numberedTexts(1, 3))
    await store.settled()
    assert.equal(await store.health(sick), 'degraded')
    assert.equal(await store.health(well), 'healthy')
  })

  it('M8 a restored conversation is healthy, and events are published', async ({
    open,
    events,
  }) => {
    const store = await open({ ...rolling(failing(NEVER_MS)), ...degradedAtOnce })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await store.settled(session)
    await store.restore(session, { bytes: new Uint8Array() })
    assert.equal(await store.health(session), 'healthy')
    assert.deepEqual(events.payloadsOf('memory.health_changed').slice(2), [
      { priorHealth: 'degraded', newHealth: 'recovering', reason: 'restored' },
      { priorHealth: 'recovering', newHealth: 'healthy', reason: 'restored' },
    ])
    await store.settled(session)
    assert.equal(await store.health(session), 'healthy')
  })

  itIfDurable('M8 a reopened store finds the health', async ({ open, events }) => {
    const session = freshIdentity()
    const first = await open({ ...rolling(failing(1)), ...degradedAtOnce })
    await addTurns(first, session, numberedTexts(1, 3))
    await first.settled(session)
    await first.close()
    const second = await open({ ...rolling(concatenating), ...degradedAtOnce })
    assert.equal(await second.health(session), 'degraded')
    await second.compact(session)
    assert.equal(await second.health(session), 'healthy')
    assert.deepEqual(events.healthSteps, [
      'healthy -> retry',
      'retry -> degraded',
      'degraded -> recovering',
      'recovering -> healthy',
    ])
    await assertHolds(second, session, numberedTexts(1, 3))
  })

  itIfShared(
    'M8 another store sees the health, and may recover the conversation',
    async ({ open }) => {
      const session = freshIdentity()
      const store = await open({ ...rolling(failing(NEVER_MS)), ...degradedAtOnce })
      const other = await open({ ...rolling(concatenating), ...degradedAtOnce })
      await addTurns(store, session, numberedTexts(1, 5))
      await store.settled(session)
      assert.equal(await other.health(session), 'degraded')
      await other.compact(session)
      assert.equal(await store.health(session), 'healthy')
      await assertHolds(store, session, numberedTexts(1, 5))
    },
  )
}

const degradedAtOnce = { retryAttempts: 0, degradedRetryMs: NEVER_MS } as const

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, retryBackoffMs: 1, summarizer }
}
