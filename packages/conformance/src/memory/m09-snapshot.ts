import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { newEventId } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import { SNAPSHOT_TURN_IDS, type ConversationTurn } from '@harborage/memory'
import { nextTurn } from '../support/event-loop.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import { assertHolds, heldTexts, newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies } from './support/strategies.ts'

/** Registers the cases of M9: a snapshot holds a conversation as bytes, and a restore loads it. */
export function snapshots({ it, itIfDurable, itIfShared }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const { strategy } = rules
    const under = `under ${strategy}`

    it(`M9 a snapshot is JSON of its strategy ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 5))
      await store.settled(session)
      const snapshot = await store.snapshot(session)
      assert.equal(snapshot.strategy, strategy)
      const content: unknown = JSON.parse(textOf(snapshot.bytes))
      assert.ok(typeof content === 'object' && content !== null)
      assert.equal(Object.getPrototypeOf(snapshot.bytes), Uint8Array.prototype)
    })

    it(`M9 equal conversations have equal snapshots ${under}`, async ({ open }) => {
      const store = await open(rules)
      const said = completeTurns()
      const seen = new Set<string>()
      for (const session of [freshIdentity(), freshIdentity()]) {
        for (const turn of said) await store.addTurn(session, turn)
        await store.settled(session)
        for (let time = 0; time < 2; time += 1) {
          seen.add(textOf((await store.snapshot(session)).bytes))
        }
        const other = freshIdentity()
        await store.restore(other, await store.snapshot(session))
        await store.settled(other)
        seen.add(textOf((await store.snapshot(other)).bytes))
      }
      assert.equal(seen.size, 1)
    })

    it(`M9 a restore loads the complete conversation ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshIdentity(), freshIdentity()]
      for (const turn of completeTurns()) await store.addTurn(session, turn)
      await store.settled(session)
      const context = await store.getLlmContext(session)
      await addTurns(store, other, numberedTexts(1, 9))
      await store.restore(other, await store.snapshot(session))
      await store.settled(other)
      assert.deepEqual(await store.getLlmContext(other), context)
      assert.deepEqual(await store.getLlmContext(session), context)
    })

    it(`M9 a conversation continues after the restored turns ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const turn = newTurn('retried')
      await addTurns(store, session, numberedTexts(1, 3))
      await store.addTurn(session, turn)
      const snapshot = await store.snapshot(session)
      await addTurns(store, session, numberedTexts(4, 30))
      await store.settled(session)
      await store.restore(session, snapshot)
      await store.addTurn(session, turn)
      await addTurns(store, session, ['next'])
      await store.settled(session)
      await assertHolds(store, session, [...numberedTexts(1, 3), 'retried', 'next'])
    })

    it(`M9 a retry of a turn that was folded or dropped before the snapshot changes nothing ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, budgetTokens: 100 })
      const [session, other] = [freshIdentity(), freshIdentity()]
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      await addTurns(store, session, numberedTexts(1, 30))
      await store.settled(session)
      await store.restore(other, await store.snapshot(session))
      await store.settled(other)
      const before = await store.getLlmContext(other)
      await store.addTurn(other, turn)
      await store.settled(other)
      assert.deepEqual(await store.getLlmContext(other), before)
    })

    it(`M9 a turn id that was reused after it was forgotten is restored as two turns ${under}`, async ({
      open,
    }) => {
      const store = await open({
        ...rules,
        recentTurns: 2 * SNAPSHOT_TURN_IDS,
        rememberedTurnIds: SNAPSHOT_TURN_IDS,
        rememberedTurnIdsMs: 0,
      })
      const [session, other] = [freshIdentity(), freshIdentity()]
      const turn = newTurn('again')
      await store.addTurn(session, turn)
      await addTurns(store, session, numberedTexts(1, SNAPSHOT_TURN_IDS))
      // A turn id is still remembered within the millisecond in which it was added.
      await setTimeout(5)
      await store.addTurn(session, turn)
      const snapshot = await store.snapshot(session)
      await store.restore(other, snapshot)
      await assertHolds(store, other, ['again', ...numberedTexts(1, SNAPSHOT_TURN_IDS), 'again'])
      assert.deepEqual(await store.snapshot(other), snapshot)
    })

    it(`M9 a restore remembers the ids of all turns of the snapshot ${under}`, async ({ open }) => {
      const count = SNAPSHOT_TURN_IDS + 36
      const store = await open({ ...rules, recentTurns: count })
      const [session, other] = [freshIdentity(), freshIdentity()]
      const said = numberedTexts(1, count).map(newTurn)
      for (const turn of said) await store.addTurn(session, turn)
      await store.restore(other, await store.snapshot(session))
      for (const turn of said.slice(0, 3)) await store.addTurn(other, turn)
      await assertHolds(store, other, numberedTexts(1, count))
    })

    it(`M9 a restore remembers turn ids that only the turns of the snapshot contain ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const [session, other] = [freshIdentity(), freshIdentity()]
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      const { bytes } = await store.snapshot(session)
      const withoutIds = { ...parseJsonObject(textOf(bytes)), turnIds: [] }
      await store.restore(other, { bytes: bytesOf(JSON.stringify(withoutIds)) })
      await store.addTurn(other, turn)
      await assertHolds(store, other, ['retried'])
      assert.deepEqual((await store.snapshot(other)).bytes, bytes)
    })

    it(`M9 a turn that was added after the snapshot may be added again after the restore ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, ['before'])
      const snapshot = await store.snapshot(session)
      const turn = newTurn('again')
      await store.addTurn(session, turn)
      await store.restore(session, snapshot)
      await assertHolds(store, session, ['before'])
      await store.addTurn(session, turn)
      await assertHolds(store, session, ['before', 'again'])
    })

    it(`M9 empty bytes without a strategy empty a conversation ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await addTurns(store, session, numberedTexts(1, 20))
      await store.settled(session)
      await store.restore(session, { bytes: new Uint8Array() })
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.deepEqual(context, { strategy, summary: '', recentTurns: [], tokens: 0 })
      await addTurns(store, session, ['new'])
      await assertHolds(store, session, ['new'])
    })

    it(`M9 a turn may be added again after its conversation was emptied ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, recentTurns: 100 })
      const session = freshIdentity()
      const turn = newTurn('again')
      await store.addTurn(session, turn)
      await addTurns(store, session, numberedTexts(1, SNAPSHOT_TURN_IDS))
      await store.restore(session, { bytes: new Uint8Array() })
      await store.addTurn(session, turn)
      await store.addTurn(session, turn)
      await assertHolds(store, session, ['again'])
    })

    it(`M9 a restored snapshot of an empty conversation empties the conversation ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const snapshot = await store.snapshot(session)
      await addTurns(store, session, ['gone'])
      await store.restore(session, snapshot)
      await assertHolds(store, session, [])
      assert.deepEqual(await store.snapshot(session), snapshot)
    })

    it(`M9 bytes without a strategy can be restored ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshIdentity(), freshIdentity()]
      await addTurns(store, session, ['hello'])
      const { bytes } = await store.snapshot(session)
      await store.restore(other, { bytes })
      await assertHolds(store, other, ['hello'])
    })

    it(`M9 a restore captures the bytes when it is called ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshIdentity(), freshIdentity()]
      await addTurns(store, session, ['hello'])
      const snapshot = await store.snapshot(session)
      const restoring = store.restore(other, snapshot)
      snapshot.bytes.fill(0)
      await restoring
      await assertHolds(store, other, ['hello'])
      assert.notEqual((await store.snapshot(session)).bytes[0], 0)
    })

    it(`M9 a read during a restore returns the conversation before or after it ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const [source, session] = [freshIdentity(), freshIdentity()]
      await addTurns(store, source, numberedTexts(1, 40))
      await store.settled(source)
      await addTurns(store, session, ['before'])
      const snapshot = await store.snapshot(source)
      let isRestoring = true
      const restoring = store.restore(session, snapshot).finally(() => {
        isRestoring = false
      })
      while (isRestoring) {
        const held = await heldTexts(store, session)
        assert.deepEqual(held, held[0] === 'before' ? ['before'] : numberedTexts(1, 40))
        await nextTurn()
      }
      await restoring
      await store.settled(session)
      await assertHolds(store, session, numberedTexts(1, 40))
    })

    itIfDurable(`M9 a reopened store finds a restored conversation ${under}`, async ({ open }) => {
      const first = await open(rules)
      const [session, other] = [freshIdentity(), freshIdentity()]
      await addTurns(first, session, numberedTexts(1, 10))
      await first.settled(session)
      await first.restore(other, await first.snapshot(session))
      await first.close()
      const second = await open(rules)
      await assertHolds(second, other, numberedTexts(1, 10))
    })

    itIfShared(
      `M9 a restore does not interleave with turns of another store ${under}`,
      async ({ open }) => {
        const store = await open(rules)
        const adding = await open(rules)
        const source = freshIdentity()
        await addTurns(store, source, numberedTexts(1, 10))
        await store.settled(source)
        const snapshot = await store.snapshot(source)
        const session = freshIdentity()
        await Promise.all([
          addTurns(adding, session, numberedTexts(11, 20)),
          store.restore(session, snapshot),
        ])
        for (const each of [store, adding]) await each.compact(session)
        const held = await heldTexts(store, session)
        const beginning = held.slice(0, 10)
        const rest = held.slice(10)
        assert.deepEqual(beginning, numberedTexts(1, 10))
        assert.deepEqual(rest, numberedTexts(11, 20).slice(10 - rest.length))
      },
    )
  }
}

/** Returns turns with all fields and with content that is difficult to represent as JSON. */
function completeTurns(): ConversationTurn[] {
  const artifactsShown = parseJsonObject(
    '{"__proto__":{"polluted":true},"constructor":"c","10":1,"9":2,"b":[],"a":{"toString":null}}',
  )
  const texts = ['plain', '\0', '\ud800', '😀', '\u2028', '"\\', '']
  return texts.map((text, index) => ({
    turnId: newEventId(),
    timestamp: new Date(1_700_000_000_000 + index),
    userMessage: text,
    assistantResponse: `answer to ${text}`,
    artifactsShown,
    artifactsHiddenRefs: [text],
    trajectoryDigest: {
      toolsInvoked: [text],
      observationsSummary: text,
      reasoningSummary: text,
      artifactsRefs: [],
    },
  }))
}
