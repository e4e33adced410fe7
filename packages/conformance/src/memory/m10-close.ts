import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { MemoryRules, Summarizer } from '@harborage/memory'
import { assertHolds, foldedTexts, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { concatenating, failing } from './support/summarizers.ts'

const LONG_MS = 1_000_000

/** Registers the cases of M10: close ends all work in the background. */
export function closing({ it, itIfDurable }: MemoryCases): void {
  it('M10 close aborts a summarizer that hangs, and does not wait for it', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 10 })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    assert.equal(request.signal.aborted, false)
    await store.close()
    assert.equal(request.signal.aborted, true)
    request.answer()
  })

  it('M10 close does not wait for a compaction with a summarizer that hangs', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 10 })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    const waiting = Promise.all([store.compact(session), store.settled(session), store.settled()])
    await store.close()
    assert.equal(request.signal.aborted, true)
    await waiting
  })

  it('M10 a closed store no longer calls its summarizer', async ({ open, events }) => {
    let asked = 0
    const summarizer: Summarizer = {
      async summarize() {
        asked += 1
        throw new Error('the model is overloaded')
      },
    }
    const retryBackoffMs = 10
    const store = await open({ ...rolling(summarizer), retryBackoffMs })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await events.untilHealthSteps(1)
    await store.close()
    const askedBefore = asked
    // Waits for longer than a retry would take.
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, 5 * retryBackoffMs)
    await promise
    assert.equal(asked, askedBefore)
  })

  it('M10 close does not wait for a retry or a recovery', async ({ open, events }) => {
    const waits: readonly (readonly [rules: Partial<MemoryRules>, steps: number])[] = [
      [{ retryBackoffMs: LONG_MS }, 1],
      [{ retryAttempts: 0, degradedRetryMs: LONG_MS }, 3],
    ]
    for (const [rules, steps] of waits) {
      const store = await open({ ...rolling(failing(LONG_MS)), closeGraceMs: LONG_MS, ...rules })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 3))
      await events.untilHealthSteps(steps)
      await store.close()
    }
  })

  itIfDurable('M10 a summary within the grace period is stored', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: LONG_MS })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    const closed = store.close()
    // Separate timers: a slow machine fires all due timers in one turn, with the one of the grace
    // period among them.
    for (let turn = 0; turn < 10; turn += 1) await pause(1)
    request.answer()
    await closed
    assert.equal(request.signal.aborted, false)
    const reopened = await open({ ...rolling(concatenating) })
    assert.deepEqual(foldedTexts(await reopened.getLlmContext(session)), ['turn 1'])
    await assertHolds(reopened, session, numberedTexts(1, 3))
  })

  itIfDurable(
    'M10 close during a recovery resets the health to degraded',
    async ({ open, events }) => {
      const summarizer = new ManualSummarizer()
      const rules = { ...rolling(summarizer), retryAttempts: 0, degradedRetryMs: LONG_MS }
      const store = await open({ ...rules, closeGraceMs: 0 })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 3))
      ;(await summarizer.request(0)).fail()
      await events.untilHealthSteps(2)
      await store.settled(session)
      await store.getLlmContext(session)
      await summarizer.request(1)
      assert.equal(await store.health(session), 'recovering')
      await store.close()
      assert.equal(events.healthSteps.at(-1), 'recovering -> degraded')
      const reopened = await open(rolling(concatenating))
      assert.equal(await reopened.health(session), 'degraded')
      await reopened.compact(session)
      assert.equal(await reopened.health(session), 'healthy')
      await assertHolds(reopened, session, numberedTexts(1, 3))
    },
  )

  itIfDurable('M10 a summary after the close is discarded', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 0 })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    await store.close()
    request.answer('too late;')
    const reopened = await open({ ...rolling(concatenating) })
    await assertHolds(reopened, session, numberedTexts(1, 3))
    assert.equal(await reopened.health(session), 'healthy', 'a close may not count as a failure')
    await reopened.compact(session)
    await assertHolds(reopened, session, numberedTexts(1, 3))
  })
}

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}
