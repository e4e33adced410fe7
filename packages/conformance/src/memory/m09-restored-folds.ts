import assert from 'node:assert/strict'
import type { MemoryRules } from '@harborage/memory'
import { freshIdentity } from '../support/fresh-identity.ts'
import {
  addTurns,
  assertHolds,
  foldedTexts,
  numberedTexts,
  recentTexts,
} from './support/conversation.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'

/** Registers the cases of M9 about folds before and during a restore. */
export function restoredFolds({ it }: MemoryCases): void {
  it('M9 turns beyond the recent ones are folded after a restore', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const [session, other] = [freshIdentity(), freshIdentity()]
    await addTurns(store, session, numberedTexts(1, 6))
    await summarizer.request(0)
    const snapshot = await store.snapshot(session)
    await store.restore(other, snapshot)
    const request = await summarizer.request(1)
    assert.equal(request.identity.tenantId, other.tenantId)
    request.answer()
    await store.settled(other)
    const context = await store.getLlmContext(other)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 4))
    assert.deepEqual(recentTexts(context), numberedTexts(5, 6))
  })

  it('M9 the result of a fold is discarded if a restore came first', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const [session, source] = [freshIdentity(), freshIdentity()]
    await addTurns(store, source, ['restored'])
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    await store.restore(session, await store.snapshot(source))
    request.answer('outdated;')
    await store.settled(session)
    await assertHolds(store, session, ['restored'])
  })

  it('M9 the result of a fold is not applied to other turns that were restored in the meantime', async ({
    open,
  }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const [session, source] = [freshIdentity(), freshIdentity()]
    await addTurns(store, source, ['a', 'b', 'c', 'd'])
    const snapshot = await store.snapshot(source)
    await addTurns(store, session, numberedTexts(1, 4))
    const overtaken = (await Promise.all([summarizer.request(0), summarizer.request(1)])).find(
      ({ identity }) => identity.tenantId === session.tenantId,
    )
    await store.restore(session, snapshot)
    overtaken?.answer()
    ;(await summarizer.request(2)).answer()
    await store.settled(session)
    await assertHolds(store, session, ['a', 'b', 'c', 'd'])
  })
}

function rolling(summarizer: ManualSummarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}
