import assert from 'node:assert/strict'
import type { MemoryRules, Summarizer } from '@harborage/memory'
import { nextTurn } from '../support/event-loop.ts'
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
import { concatenated } from './support/summarizers.ts'

/** Registers the cases of M4: folds run in the background and block no call. */
export function folds({ it, itIfShared }: MemoryCases): void {
  it('M4 a turn stays in the context until the summary with it replaces it', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 5))
    for (let index = 0; index < 2; index += 1) {
      const request = await summarizer.request(index)
      await assertHolds(store, session, numberedTexts(1, 5))
      request.answer()
      if (request.turns.at(-1)?.userMessage === 'turn 3') break
    }
    await store.settled(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 3))
    assert.deepEqual(recentTexts(context), numberedTexts(4, 5))
  })

  it('M4 adding and reading do not wait for a summarizer that hangs', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    await summarizer.request(0)
    await addTurns(store, session, numberedTexts(4, 50))
    await assertHolds(store, session, numberedTexts(1, 50))
    assert.ok((await store.estimateTokens(session)) > 0)
    assert.equal(await store.health(session), 'healthy')
    const { bytes } = await store.snapshot(session)
    assert.ok(bytes.byteLength > 0)
    assert.equal(summarizer.requests.length, 1)
  })

  it('M4 one summarization runs at a time, and turns that are added meanwhile are in the next one', async ({
    open,
  }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const first = await summarizer.request(0)
    await addTurns(store, session, numberedTexts(4, 9))
    assert.equal(summarizer.requests.length, 1)
    first.answer()
    const second = await summarizer.request(1)
    assert.equal(second.previousSummary, 'turn 1;')
    assert.equal(second.turns[0]?.userMessage, 'turn 2')
    await assertHolds(store, session, numberedTexts(1, 9))
    assert.equal(summarizer.requests.length, 2)
  })

  it('M4 a conversation does not wait for the fold of another one', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const [first, second] = [freshIdentity(), freshIdentity()]
    await addTurns(store, first, numberedTexts(1, 3))
    await summarizer.request(0)
    await addTurns(store, second, numberedTexts(1, 3))
    const request = await summarizer.request(1)
    assert.equal(request.identity.tenantId, second.tenantId)
    request.answer()
    await store.settled(second)
    assert.deepEqual(foldedTexts(await store.getLlmContext(second)), ['turn 1'])
    assert.deepEqual(foldedTexts(await store.getLlmContext(first)), [])
  })

  it('M4 settled and compact wait for the running fold', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    let ended = 0
    const waiting = [store.settled(), store.settled(session), store.compact(session)].map(
      async (each) => {
        await each
        ended += 1
      },
    )
    await store.settled(freshIdentity())
    await nextTurn()
    assert.equal(ended, 0)
    request.answer()
    await Promise.all(waiting)
    assert.deepEqual(foldedTexts(await store.getLlmContext(session)), ['turn 1'])
  })

  it('M4 every read during a hundred folds returns each turn exactly once', async ({ open }) => {
    const store = await open(rolling(yielding()))
    const session = freshIdentity()
    const adding = addTurns(store, session, numberedTexts(1, 100))
    let isAdding = true
    const watch = async (): Promise<void> => {
      while (isAdding) {
        const context = await store.getLlmContext(session)
        const held = [...foldedTexts(context), ...recentTexts(context)]
        assert.deepEqual(held, numberedTexts(1, held.length))
        await nextTurn()
      }
    }
    const watching = watch()
    await adding
    await store.settled(session)
    isAdding = false
    await watching
    await assertHolds(store, session, numberedTexts(1, 100))
  })

  itIfShared(
    'M4 two stores fold each turn exactly once, with one summarization at a time',
    async ({ open }) => {
      let running = 0
      let most = 0
      const summarizer: Summarizer = {
        async summarize(_identity, request) {
          running += 1
          most = Math.max(most, running)
          await nextTurn()
          running -= 1
          return { summary: concatenated(request) }
        },
      }
      const rules = rolling(summarizer)
      const stores = [await open(rules), await open(rules)]
      const session = freshIdentity()
      for (const [index, text] of numberedTexts(1, 100).entries()) {
        await stores[index % 2]?.addTurn(session, newTurn(text))
      }
      for (const store of stores) await store.compact(session)
      for (const store of stores) await assertHolds(store, session, numberedTexts(1, 100))
      assert.equal(most, 1, 'one summarization may run at a time')
    },
  )

  itIfShared('M4 a turn that another store adds during a fold is not lost', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const other = await open(rolling(summarizer))
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    await addTurns(other, session, numberedTexts(4, 6))
    await other.settled()
    assert.equal(summarizer.requests.length, 1, 'the other store may not fold as well')
    request.answer()
    ;(await summarizer.request(1)).answer()
    await store.settled(session)
    const context = await other.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), numberedTexts(1, 4))
    assert.deepEqual(recentTexts(context), numberedTexts(5, 6))
  })
}

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}

/** Returns a summarizer that lets other calls run before it answers. */
function yielding(): Summarizer {
  return {
    async summarize(_identity, request) {
      await nextTurn()
      return { summary: concatenated(request) }
    },
  }
}
