import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { MemoryRules, Summarizer } from '@harborage/memory'
import { assertHolds, foldedTexts, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import { HeldSummarizer } from './support/held-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { concatenating, failing } from './support/summarizers.ts'

const LONG_MS = 1_000_000

/** M10: closing ends what goes on in the background. */
export function closing({ it, itIfDurable }: MemoryCases): void {
  it('M10 close tells a summarizer that hangs, and does not wait for it', async ({ open }) => {
    const summarizer = new HeldSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 10 })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    const request = await summarizer.request(0)
    assert.equal(request.signal.aborted, false)
    await store.close()
    assert.equal(request.signal.aborted, true)
    request.answer()
  })

  it('M10 close does not wait for a flush that waits for a summarizer that hangs', async ({
    open,
  }) => {
    const summarizer = new HeldSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 10 })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    const request = await summarizer.request(0)
    const waiting = Promise.all([store.flush(session), store.settled(session), store.settled()])
    await store.close()
    assert.equal(request.signal.aborted, true)
    await waiting
  })

  it('M10 a closed store asks its summarizer for nothing any more', async ({ open, events }) => {
    let asked = 0
    const summarizer: Summarizer = {
      async summarize() {
        asked += 1
        throw new Error('the model is overloaded')
      },
    }
    const retryBackoffMs = 10
    const store = await open({ ...rolling(summarizer), retryBackoffMs })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    await events.untilHealthSteps(1)
    await store.close()
    const askedBefore = asked
    // That nothing happens can only be seen by waiting for longer than it would take.
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
      const session = freshSession()
      await say(store, session, numbered(1, 3))
      await events.untilHealthSteps(steps)
      await store.close()
    }
  })

  itIfDurable('M10 a summary that comes within the grace period is kept', async ({ open }) => {
    const summarizer = new HeldSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: LONG_MS })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    const request = await summarizer.request(0)
    const closed = store.close()
    // One timer after the other: a slow machine runs several that are due in one turn, the grace period's among them.
    for (let turn = 0; turn < 10; turn += 1) await pause(1)
    request.answer()
    await closed
    assert.equal(request.signal.aborted, false)
    const reopened = await open({ ...rolling(concatenating) })
    assert.deepEqual(foldedTexts(await reopened.getLlmContext(session)), ['turn 1'])
    await assertHolds(reopened, session, numbered(1, 3))
  })

  itIfDurable('M10 a close in a recovery leaves nobody recovering', async ({ open, events }) => {
    const summarizer = new HeldSummarizer()
    const rules = { ...rolling(summarizer), retryAttempts: 0, degradedRetryMs: LONG_MS }
    const store = await open({ ...rules, closeGraceMs: 0 })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
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
    await reopened.flush(session)
    assert.equal(await reopened.health(session), 'healthy')
    await assertHolds(reopened, session, numbered(1, 3))
  })

  itIfDurable('M10 a summary that comes after the close is not kept', async ({ open }) => {
    const summarizer = new HeldSummarizer()
    const store = await open({ ...rolling(summarizer), closeGraceMs: 0 })
    const session = freshSession()
    await say(store, session, numbered(1, 3))
    const request = await summarizer.request(0)
    await store.close()
    request.answer('too late;')
    const reopened = await open({ ...rolling(concatenating) })
    await assertHolds(reopened, session, numbered(1, 3))
    assert.equal(await reopened.health(session), 'healthy', 'a close is no failure')
    await reopened.flush(session)
    await assertHolds(reopened, session, numbered(1, 3))
  })
}

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}
