import assert from 'node:assert/strict'
import type { MemoryRules, MemoryStore, Summarizer } from '@harborage/memory'
import { waitUntil } from '../support/waiting.ts'
import { assertHolds, heldTexts, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import type { RecordedEvents } from './support/recorded-events.ts'
import { concatenated } from './support/summarizers.ts'

const BATCH_TURNS = 16
const RECENT_TURNS = 2

/** A summarizer that fails as long as `isBroken` is set. */
class BreakableSummarizer implements Summarizer {
  isBroken = true

  async summarize(
    ...[, request]: Parameters<Summarizer['summarize']>
  ): Promise<{ summary: string }> {
    if (this.isBroken) throw new Error('the model is gone')
    return { summary: concatenated(request) }
  }
}

/** Registers the cases of M8 about recovery from degraded health, and about dropped turns. */
export function recovery({ it, itIfShared }: MemoryCases): void {
  const touches: readonly (readonly [
    how: string,
    touch: (store: MemoryStore, session: ReturnType<typeof freshIdentity>) => Promise<unknown>,
  ])[] = [
    ['adding a turn', (store, session) => addTurns(store, session, ['turn 6'])],
    ['a read', (store, session) => store.getLlmContext(session)],
    ['a compaction', (store, session) => store.compact(session)],
  ]
  for (const [how, touch] of touches) {
    it(`M8 ${how} triggers a recovery attempt`, async ({ open }) => {
      const summarizer = new BreakableSummarizer()
      const store = await open({ ...rules(summarizer), degradedRetryMs: 1_000_000 })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 5))
      await store.settled(session)
      assert.equal(await store.health(session), 'degraded')
      summarizer.isBroken = false
      await touch(store, session)
      await store.settled(session)
      assert.equal(await store.health(session), 'healthy')
    })
  }

  it('M8 a degraded conversation recovers by itself after a while', async ({ open, events }) => {
    const summarizer = new BreakableSummarizer()
    const store = await open({ ...rules(summarizer), degradedRetryMs: 2 })
    const session = freshIdentity()
    await addTurns(store, session, numberedTexts(1, 5))
    await events.untilHealthSteps(6)
    summarizer.isBroken = false
    while (events.healthSteps.at(-1) !== 'recovering -> healthy') {
      await events.untilHealthSteps(events.healthSteps.length + 1)
    }
    await store.settled(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numberedTexts(1, 5))
    const [first, second, ...attempts] = events.healthSteps
    assert.deepEqual([first, second], ['healthy -> retry', 'retry -> degraded'])
    for (const [index, step] of attempts.entries()) {
      const ends = index === attempts.length - 1 ? 'healthy' : 'degraded'
      assert.equal(step, index % 2 === 0 ? 'degraded -> recovering' : `recovering -> ${ends}`)
    }
  })

  it('M8 turns beyond the backlog are dropped, oldest first, and events are published', async ({
    open,
    events,
  }) => {
    const summarizer = new BreakableSummarizer()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 2,
    })
    const session = freshIdentity()
    const mostKept = RECENT_TURNS + 2 * BATCH_TURNS
    for (const text of numberedTexts(1, mostKept)) {
      await addTurns(store, session, [text])
      await store.settled(session)
    }
    await assertHolds(store, session, numberedTexts(1, mostKept))
    await store.settled(session)
    assert.deepEqual(events.payloadsOf('memory.recovery_dropped'), [])

    for (const text of numberedTexts(mostKept + 1, mostKept + 6)) {
      await addTurns(store, session, [text])
      await store.settled(session)
    }
    await assertHolds(store, session, numberedTexts(7, mostKept + 6))
    const dropped = events.all.filter(({ type }) => type === 'memory.recovery_dropped')
    assert.deepEqual(
      dropped.map(({ payload }) => payload),
      Array<unknown>(6).fill({ droppedTurns: 1 }),
    )
    assert.deepEqual(
      new Set(dropped.map(({ identity }) => identity.tenantId)),
      new Set([session.tenantId]),
    )

    // The read triggered another recovery attempt, which failed.
    await store.settled(session)
    summarizer.isBroken = false
    await store.compact(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numberedTexts(7, mostKept + 6))
  })

  it('M8 a recovery that hangs keeps at most its batch and the backlog', async ({
    open,
    events,
  }) => {
    const summarizer = new ManualSummarizer()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 1,
    })
    const session = freshIdentity()
    const mostKept = RECENT_TURNS + 2 * BATCH_TURNS
    const said = numberedTexts(1, 3 * mostKept)
    await addTurns(store, session, said.slice(0, RECENT_TURNS + 1))
    ;(await summarizer.request(0)).fail()
    await store.settled(session)
    for (const text of said.slice(RECENT_TURNS + 1)) {
      await addTurns(store, session, [text])
      const held = await heldTexts(store, session)
      assert.ok(held.length <= mostKept, `${held.length} turns are kept`)
      assert.equal(held.at(-1), text)
    }
    const kept = await heldTexts(store, session)
    assert.deepEqual(kept, said.slice(-kept.length), 'the newest are kept')
    assert.equal(
      droppedTurns(events),
      said.length - kept.length,
      'the others are published as dropped',
    )
    assert.ok(events.healthSteps.includes('recovering -> degraded'))

    // The batch of the hanging recovery was dropped, so its summary is discarded.
    const hanging = await summarizer.request(1)
    hanging.answer('too late;')
    ;(await summarizer.request(2)).answer()
    await waitUntil('health', async () => (await store.health(session)) === 'healthy')
    assert.deepEqual(await heldTexts(store, session), kept)
  })

  itIfShared('M8 health is read from the backend, as another store left it', async ({ open }) => {
    const summarizer = new BreakableSummarizer()
    const patient = { ...rules(summarizer), degradedRetryMs: 1_000_000 }
    const [store, other] = [await open(patient), await open(patient)]
    const session = freshIdentity()
    await addTurns(other, session, ['turn 1'])
    assert.equal(await store.health(session), 'healthy')
    await addTurns(other, session, numberedTexts(2, 5))
    await other.settled(session)
    assert.equal(await store.health(session), 'degraded')
  })

  itIfShared(
    'M8 a store waits before it retries the failure of another store',
    async ({ open }) => {
      let asked = 0
      const summarizer: Summarizer = {
        async summarize() {
          asked += 1
          throw new Error('the model is overloaded')
        },
      }
      const session = freshIdentity()
      const patient = {
        ...rules(summarizer),
        retryAttempts: 3,
        retryBackoffMs: 1_000_000,
      }
      const first = await open(patient)
      await addTurns(first, session, numberedTexts(1, 3))
      await waitUntil('a retry', async () => (await first.health(session)) === 'retry')
      for (const number of [4, 5, 6]) {
        const other = await open(patient)
        await addTurns(other, session, [`turn ${number}`])
        await assertHolds(other, session, numberedTexts(1, number))
        await other.close()
      }
      assert.equal(asked, 1)
      assert.equal(await first.health(session), 'retry')
    },
  )

  itIfShared(
    'M8 a store retries the failure of another store after the pause',
    async ({ open }) => {
      const summarizer = new BreakableSummarizer()
      const session = freshIdentity()
      const quick = { ...rules(summarizer), retryAttempts: 3, retryBackoffMs: 150 }
      const first = await open({ ...quick, retryBackoffMs: 1_000_000 })
      await addTurns(first, session, numberedTexts(1, 3))
      await waitUntil('a retry', async () => (await first.health(session)) === 'retry')
      summarizer.isBroken = false
      const other = await open(quick)
      const start = performance.now()
      await other.compact(session)
      assert.ok(performance.now() - start >= 149, 'the retry has to wait')
      assert.equal(await other.health(session), 'healthy')
      await assertHolds(other, session, numberedTexts(1, 3))
    },
  )

  it('M8 a conversation with the smallest backlog recovers', async ({ open }) => {
    const summarizer = new BreakableSummarizer()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 1,
    })
    const session = freshIdentity()
    for (const text of numberedTexts(1, 30)) {
      await addTurns(store, session, [text])
      await store.settled(session)
    }
    summarizer.isBroken = false
    await store.compact(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numberedTexts(13, 30))
  })
}

function droppedTurns(events: RecordedEvents): number {
  return events
    .payloadsOf('memory.recovery_dropped')
    .reduce<number>((sum, payload) => sum + Number(Reflect.get(Object(payload), 'droppedTurns')), 0)
}

function rules(summarizer: Summarizer): Partial<MemoryRules> {
  return {
    strategy: 'rolling_summary',
    recentTurns: RECENT_TURNS,
    retryAttempts: 0,
    summarizer,
  }
}
