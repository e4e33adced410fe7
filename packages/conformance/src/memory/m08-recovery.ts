import assert from 'node:assert/strict'
import type { MemoryRules, MemoryStore, Summarizer } from '@harborage/memory'
import { until } from '../support/waiting.ts'
import { assertHolds, heldTexts, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import { HeldSummarizer } from './support/held-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import type { RecordedEvents } from './support/recorded-events.ts'
import { concatenated } from './support/summarizers.ts'

const BATCH_TURNS = 16
const RECENT_TURNS = 2

/** A summarizer that can be broken and mended. */
class Breakable implements Summarizer {
  isBroken = true

  async summarize(
    ...[, request]: Parameters<Summarizer['summarize']>
  ): Promise<{ summary: string }> {
    if (this.isBroken) throw new Error('the model is gone')
    return { summary: concatenated(request) }
  }
}

/** M8: how a degraded conversation recovers, and what it costs if it does not for long. */
export function recovery({ it, itIfShared }: MemoryCases): void {
  const touches: readonly (readonly [
    how: string,
    touch: (store: MemoryStore, session: ReturnType<typeof freshSession>) => Promise<unknown>,
  ])[] = [
    ['a turn that is added', (store, session) => say(store, session, ['turn 6'])],
    ['a read', (store, session) => store.getLlmContext(session)],
    ['a flush', (store, session) => store.flush(session)],
  ]
  for (const [how, touch] of touches) {
    it(`M8 ${how} is an occasion to recover`, async ({ open }) => {
      const summarizer = new Breakable()
      const store = await open({ ...rules(summarizer), degradedRetryMs: 1_000_000 })
      const session = freshSession()
      await say(store, session, numbered(1, 5))
      await store.settled(session)
      assert.equal(await store.health(session), 'degraded')
      summarizer.isBroken = false
      await touch(store, session)
      await store.settled(session)
      assert.equal(await store.health(session), 'healthy')
    })
  }

  it('M8 a degraded conversation recovers by itself in time', async ({ open, events }) => {
    const summarizer = new Breakable()
    const store = await open({ ...rules(summarizer), degradedRetryMs: 2 })
    const session = freshSession()
    await say(store, session, numbered(1, 5))
    await events.untilHealthSteps(6)
    summarizer.isBroken = false
    while (events.healthSteps.at(-1) !== 'recovering -> healthy') {
      await events.untilHealthSteps(events.healthSteps.length + 1)
    }
    await store.settled(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numbered(1, 5))
    const [first, second, ...attempts] = events.healthSteps
    assert.deepEqual([first, second], ['healthy -> retry', 'retry -> degraded'])
    for (const [index, step] of attempts.entries()) {
      const ends = index === attempts.length - 1 ? 'healthy' : 'degraded'
      assert.equal(step, index % 2 === 0 ? 'degraded -> recovering' : `recovering -> ${ends}`)
    }
  })

  it('M8 what waits too long for a summary is dropped, oldest first, and said', async ({
    open,
    events,
  }) => {
    const summarizer = new Breakable()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 2,
    })
    const session = freshSession()
    const mostKept = RECENT_TURNS + 2 * BATCH_TURNS
    for (const text of numbered(1, mostKept)) {
      await say(store, session, [text])
      await store.settled(session)
    }
    await assertHolds(store, session, numbered(1, mostKept))
    await store.settled(session)
    assert.deepEqual(events.payloadsOf('memory.recovery_dropped'), [])

    for (const text of numbered(mostKept + 1, mostKept + 6)) {
      await say(store, session, [text])
      await store.settled(session)
    }
    await assertHolds(store, session, numbered(7, mostKept + 6))
    const dropped = events.all.filter(({ type }) => type === 'memory.recovery_dropped')
    assert.deepEqual(
      dropped.map(({ payload }) => payload),
      Array<unknown>(6).fill({ droppedTurns: 1 }),
    )
    assert.deepEqual(
      new Set(dropped.map(({ identity }) => identity.tenantId)),
      new Set([session.tenantId]),
    )

    // Reading was an occasion to recover, and failed once more.
    await store.settled(session)
    summarizer.isBroken = false
    await store.flush(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numbered(7, mostKept + 6))
  })

  it('M8 a recovery that hangs keeps no more waiting than one that fails, and its batch', async ({
    open,
    events,
  }) => {
    const summarizer = new HeldSummarizer()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 1,
    })
    const session = freshSession()
    const mostKept = RECENT_TURNS + 2 * BATCH_TURNS
    const said = numbered(1, 3 * mostKept)
    await say(store, session, said.slice(0, RECENT_TURNS + 1))
    ;(await summarizer.request(0)).fail()
    await store.settled(session)
    for (const text of said.slice(RECENT_TURNS + 1)) {
      await say(store, session, [text])
      const held = await heldTexts(store, session)
      assert.ok(held.length <= mostKept, `${held.length} turns are kept`)
      assert.equal(held.at(-1), text)
    }
    const kept = await heldTexts(store, session)
    assert.deepEqual(kept, said.slice(-kept.length), 'the newest are kept')
    assert.equal(droppedTurns(events), said.length - kept.length, 'and the others are told of')
    assert.ok(events.healthSteps.includes('recovering -> degraded'))

    // Its batch is no longer what the conversation begins with.
    const hanging = await summarizer.request(1)
    hanging.answer('what was given up;')
    ;(await summarizer.request(2)).answer()
    await until('health', async () => (await store.health(session)) === 'healthy')
    assert.deepEqual(await heldTexts(store, session), kept)
  })

  itIfShared('M8 health is what another store has come to', async ({ open }) => {
    const summarizer = new Breakable()
    const patient = { ...rules(summarizer), degradedRetryMs: 1_000_000 }
    const [store, other] = [await open(patient), await open(patient)]
    const session = freshSession()
    await say(other, session, ['turn 1'])
    assert.equal(await store.health(session), 'healthy')
    await say(other, session, numbered(2, 5))
    await other.settled(session)
    assert.equal(await store.health(session), 'degraded')
  })

  itIfShared(
    'M8 a store that did not fail itself waits before a retry as well',
    async ({ open }) => {
      let asked = 0
      const summarizer: Summarizer = {
        async summarize() {
          asked += 1
          throw new Error('the model is overloaded')
        },
      }
      const session = freshSession()
      const patient = {
        ...rules(summarizer),
        retryAttempts: 3,
        retryBackoffMs: 1_000_000,
      }
      const first = await open(patient)
      await say(first, session, numbered(1, 3))
      await until('a retry', async () => (await first.health(session)) === 'retry')
      for (const number of [4, 5, 6]) {
        const other = await open(patient)
        await say(other, session, [`turn ${number}`])
        await assertHolds(other, session, numbered(1, number))
        await other.close()
      }
      assert.equal(asked, 1)
      assert.equal(await first.health(session), 'retry')
    },
  )

  itIfShared('M8 and retries once the pause is over', async ({ open }) => {
    const summarizer = new Breakable()
    const session = freshSession()
    const quick = { ...rules(summarizer), retryAttempts: 3, retryBackoffMs: 150 }
    const first = await open({ ...quick, retryBackoffMs: 1_000_000 })
    await say(first, session, numbered(1, 3))
    await until('a retry', async () => (await first.health(session)) === 'retry')
    summarizer.isBroken = false
    const other = await open(quick)
    const start = performance.now()
    await other.flush(session)
    assert.ok(performance.now() - start >= 149, 'it waited')
    assert.equal(await other.health(session), 'healthy')
    await assertHolds(other, session, numbered(1, 3))
  })

  it('M8 with the smallest backlog a conversation recovers too', async ({ open }) => {
    const summarizer = new Breakable()
    const store = await open({
      ...rules(summarizer),
      degradedRetryMs: 1_000_000,
      recoveryBacklogMax: 1,
    })
    const session = freshSession()
    for (const text of numbered(1, 30)) {
      await say(store, session, [text])
      await store.settled(session)
    }
    summarizer.isBroken = false
    await store.flush(session)
    assert.equal(await store.health(session), 'healthy')
    await assertHolds(store, session, numbered(13, 30))
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
