import assert from 'node:assert/strict'
import type { MemoryRules, MemoryStore, Summarizer } from '@harborage/memory'
import { assertHolds, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
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
export function recovery({ it }: MemoryCases): void {
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

function rules(summarizer: Summarizer): Partial<MemoryRules> {
  return {
    strategy: 'rolling_summary',
    recentTurns: RECENT_TURNS,
    retryAttempts: 0,
    summarizer,
  }
}
