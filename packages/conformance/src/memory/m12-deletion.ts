import assert from 'node:assert/strict'
import { allOfSession, allOfTenant } from '@harborage/core'
import type { MemoryRules, MemoryStore, Summarizer } from '@harborage/memory'
import { eventLoopTurns } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { race, tally } from '../support/race.ts'
import { sessionOf } from '../support/session-of.ts'
import { identityParts, similarIdentities } from '../support/similar-names.ts'
import { addTurns, assertHolds, heldTexts, newTurn, numberedTexts } from './support/conversation.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies, strategies } from './support/strategies.ts'
import { failing } from './support/summarizers.ts'

const NEVER_MS = 3_600_000

/** Registers the cases of M12: a deletion leaves nothing of a conversation. */
export function deletion({ it, itIfDurable, itIfShared, callers }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    it(`M12 a deleted conversation is as one that never was ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, never] = [freshIdentity(), freshIdentity()]
      const turns = numberedTexts(1, 5).map(newTurn)
      assert.equal(await store.delete(session), false)
      for (const turn of turns) await store.addTurn(session, turn)
      await store.settled(session)
      assert.equal(await store.delete(session), true)
      assert.equal(await store.delete(session), false)
      assert.deepEqual(await store.snapshot(session), await store.snapshot(never))
      await assertHolds(store, session, [])
      // The ids of its turns are unknown, too.
      for (const turn of turns) await store.addTurn(session, turn)
      await store.settled(session)
      await assertHolds(store, session, numberedTexts(1, 5))
    })

    it(`M12 one of ${callers} callers deletes a conversation ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['gone'])
      const answers = await race(callers, () => store.delete(session))
      assert.deepEqual(tally(answers), { true: 1, false: callers - 1 })
      await assertHolds(store, session, [])
    })

    itIfShared(
      `M12 a deletion removes what was added before it, and nothing else ${under}`,
      async ({ open }) => {
        const [store, other] = [await open(rules), await open(rules)]
        for (const delay of [0, 1, 2, 5, 10]) {
          const session = freshIdentity()
          const adding = addTurns(store, session, numberedTexts(1, 20))
          await eventLoopTurns(delay)
          const existed = await other.delete(session)
          await adding
          await store.settled(session)
          const held = await heldTexts(store, session)
          assert.deepEqual(held, numberedTexts(21 - held.length, 20))
          assert.equal(
            held.length < 20,
            existed,
            'the answer has to say whether turns were removed',
          )
        }
      },
    )

    for (const other of strategies.filter(({ strategy }) => strategy !== rules.strategy)) {
      itIfDurable(
        `M12 delete under ${other.strategy} removes a conversation stored ${under}`,
        async ({ open }) => {
          const session = freshIdentity()
          const neighbor = { ...session, sessionId: 'other' }
          const first = await open(rules)
          await addTurns(first, session, numberedTexts(1, 5))
          await addTurns(first, neighbor, ['kept'])
          await first.close()
          const otherStore = await open(other)
          assert.equal(await otherStore.delete(session), true)
          assert.equal(await otherStore.delete(session), false)
          await assertHolds(otherStore, session, [])
          await otherStore.close()
          const again = await open(rules)
          await assertHolds(again, neighbor, ['kept'])
          await assertHolds(again, session, [])
        },
      )
    }
  }

  for (const part of identityParts) {
    it(`M12 delete reaches no ${part} with a similar name`, async ({ open }) => {
      const store = await open({ strategy: 'truncation' })
      const identities = similarIdentities(part)
      for (const identity of identities) await addTurns(store, identity, ['kept'])
      for (const identity of identities) {
        // Deleting an earlier one must not have deleted this one as well.
        assert.equal(await store.delete(identity), true)
      }
    })
  }

  for (const { call, remove } of ways) {
    it(`M12 the result of a fold is discarded if its conversation was removed by ${call}`, async ({
      open,
    }) => {
      const summarizer = new ManualSummarizer()
      const store = await open(rolling(summarizer))
      const [session, next] = [freshIdentity(), freshIdentity()]
      for (const identity of [session, next]) await addTurns(store, identity, numberedTexts(1, 3))
      const requests = [await summarizer.request(0), await summarizer.request(1)]
      for (const identity of [session, next]) assert.equal(await remove(store, identity), true)
      await addTurns(store, next, ['new'])
      for (const request of requests) request.answer('outdated;')
      await store.settled()
      await assertHolds(store, next, ['new'])
      await assertHolds(store, session, [])
      assert.equal(await store.delete(session), false, 'the fold may not bring it back')
    })

    it(`M12 a conversation removed by ${call} is healthy, and waits for no retry`, async ({
      open,
      events,
    }) => {
      const store = await open({ ...rolling(failing(1)), retryBackoffMs: NEVER_MS })
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 3))
      await events.untilHealthSteps(1)
      assert.equal(await remove(store, session), true)
      await store.settled()
      assert.equal(await store.health(session), 'healthy')
      await events.untilHealthSteps(2)
      assert.deepEqual(events.payloadsOf('memory.health_changed').at(-1), {
        priorHealth: 'retry',
        newHealth: 'healthy',
        reason: 'deleted',
      })
    })
  }
}

type Run = ReturnType<typeof freshIdentity>

/** The ways to delete a conversation. Each resolves to whether there was one. */
const ways: readonly {
  readonly call: string
  readonly remove: (store: MemoryStore, identity: Run) => Promise<boolean>
}[] = [
  { call: 'delete', remove: (store, identity) => store.delete(identity) },
  {
    call: 'deleteAll of its session',
    remove: async (store, identity) =>
      (await store.deleteAll(allOfSession(sessionOf(identity)))).deleted === 1,
  },
  {
    call: 'deleteAll of its tenant',
    remove: async (store, { tenantId }) =>
      (await store.deleteAll(allOfTenant({ tenantId }))).deleted === 1,
  },
]

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}
