import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { newEventId } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import { SNAPSHOT_TURN_IDS, type ConversationTurn, type MemoryRules } from '@harborage/memory'
import { nextTurn } from '../support/next-turn.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import {
  assertHolds,
  foldedTexts,
  heldTexts,
  newTurn,
  numbered,
  recentTexts,
  say,
} from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import { HeldSummarizer } from './support/held-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keepingStrategies } from './support/strategies.ts'

/** M9: a snapshot is the conversation as bytes, and a restore puts it back. */
export function snapshots({ it, itIfDurable, itIfShared }: MemoryCases): void {
  for (const rules of keepingStrategies) {
    const { strategy } = rules
    const under = `under ${strategy}`

    it(`M9 a snapshot is JSON of its strategy ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, numbered(1, 5))
      await store.settled(session)
      const snapshot = await store.snapshot(session)
      assert.equal(snapshot.strategy, strategy)
      const content: unknown = JSON.parse(textOf(snapshot.bytes))
      assert.ok(typeof content === 'object' && content !== null)
      assert.equal(Object.getPrototypeOf(snapshot.bytes), Uint8Array.prototype)
    })

    it(`M9 the same content gives the same bytes ${under}`, async ({ open }) => {
      const store = await open(rules)
      const said = wholeTurns()
      const seen = new Set<string>()
      for (const session of [freshSession(), freshSession()]) {
        for (const turn of said) await store.addTurn(session, turn)
        await store.settled(session)
        for (let time = 0; time < 2; time += 1) {
          seen.add(textOf((await store.snapshot(session)).bytes))
        }
        const other = freshSession()
        await store.restore(other, await store.snapshot(session))
        await store.settled(other)
        seen.add(textOf((await store.snapshot(other)).bytes))
      }
      assert.equal(seen.size, 1)
    })

    it(`M9 a restore brings back all of a conversation ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshSession(), freshSession()]
      for (const turn of wholeTurns()) await store.addTurn(session, turn)
      await store.settled(session)
      const context = await store.getLlmContext(session)
      await say(store, other, numbered(1, 9))
      await store.restore(other, await store.snapshot(session))
      await store.settled(other)
      assert.deepEqual(await store.getLlmContext(other), context)
      assert.deepEqual(await store.getLlmContext(session), context)
    })

    it(`M9 a conversation goes on behind what was restored ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const turn = newTurn('retried')
      await say(store, session, numbered(1, 3))
      await store.addTurn(session, turn)
      const snapshot = await store.snapshot(session)
      await say(store, session, numbered(4, 30))
      await store.settled(session)
      await store.restore(session, snapshot)
      await store.addTurn(session, turn)
      await say(store, session, ['next'])
      await store.settled(session)
      await assertHolds(store, session, [...numbered(1, 3), 'retried', 'next'])
    })

    it(`M9 a retry finds a turn that was folded or dropped before the snapshot ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, budgetTokens: 100 })
      const [session, other] = [freshSession(), freshSession()]
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      await say(store, session, numbered(1, 30))
      await store.settled(session)
      await store.restore(other, await store.snapshot(session))
      await store.settled(other)
      const before = await store.getLlmContext(other)
      await store.addTurn(other, turn)
      await store.settled(other)
      assert.deepEqual(await store.getLlmContext(other), before)
    })

    it(`M9 a turn id that came back once it was forgotten is restored as two turns ${under}`, async ({
      open,
    }) => {
      const store = await open({
        ...rules,
        recentTurns: 2 * SNAPSHOT_TURN_IDS,
        rememberedTurnIds: SNAPSHOT_TURN_IDS,
        rememberedTurnIdsMs: 0,
      })
      const [session, other] = [freshSession(), freshSession()]
      const turn = newTurn('again')
      await store.addTurn(session, turn)
      await say(store, session, numbered(1, SNAPSHOT_TURN_IDS))
      // An id is remembered in the millisecond in which it was said.
      await setTimeout(5)
      await store.addTurn(session, turn)
      const snapshot = await store.snapshot(session)
      await store.restore(other, snapshot)
      await assertHolds(store, other, ['again', ...numbered(1, SNAPSHOT_TURN_IDS), 'again'])
      assert.deepEqual(await store.snapshot(other), snapshot)
    })

    it(`M9 every turn that a snapshot holds is remembered once it is restored ${under}`, async ({
      open,
    }) => {
      const count = SNAPSHOT_TURN_IDS + 36
      const store = await open({ ...rules, recentTurns: count })
      const [session, other] = [freshSession(), freshSession()]
      const said = numbered(1, count).map(newTurn)
      for (const turn of said) await store.addTurn(session, turn)
      await store.restore(other, await store.snapshot(session))
      for (const turn of said.slice(0, 3)) await store.addTurn(other, turn)
      await assertHolds(store, other, numbered(1, count))
    })

    it(`M9 a turn is remembered whose id a snapshot gives only with the turn itself ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const [session, other] = [freshSession(), freshSession()]
      const turn = newTurn('retried')
      await store.addTurn(session, turn)
      const { bytes } = await store.snapshot(session)
      const withoutIds = { ...parseJsonObject(textOf(bytes)), turnIds: [] }
      await store.restore(other, { bytes: bytesOf(JSON.stringify(withoutIds)) })
      await store.addTurn(other, turn)
      await assertHolds(store, other, ['retried'])
      assert.deepEqual((await store.snapshot(other)).bytes, bytes)
    })

    it(`M9 what was said after a snapshot may be said again once it is restored ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshSession()
      await say(store, session, ['before'])
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
      const session = freshSession()
      await say(store, session, numbered(1, 20))
      await store.settled(session)
      await store.restore(session, { bytes: new Uint8Array() })
      await store.settled(session)
      const context = await store.getLlmContext(session)
      assert.deepEqual(context, { strategy, summary: '', recentTurns: [], tokens: 0 })
      await say(store, session, ['anew'])
      await assertHolds(store, session, ['anew'])
    })

    it(`M9 what was said before a conversation was emptied may be said again ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, recentTurns: 100 })
      const session = freshSession()
      const turn = newTurn('again')
      await store.addTurn(session, turn)
      await say(store, session, numbered(1, SNAPSHOT_TURN_IDS))
      await store.restore(session, { bytes: new Uint8Array() })
      await store.addTurn(session, turn)
      await store.addTurn(session, turn)
      await assertHolds(store, session, ['again'])
    })

    it(`M9 a snapshot of nothing is restored to nothing ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      const snapshot = await store.snapshot(session)
      await say(store, session, ['gone'])
      await store.restore(session, snapshot)
      await assertHolds(store, session, [])
      assert.deepEqual(await store.snapshot(session), snapshot)
    })

    it(`M9 bytes without a strategy are restored as well ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshSession(), freshSession()]
      await say(store, session, ['hello'])
      const { bytes } = await store.snapshot(session)
      await store.restore(other, { bytes })
      await assertHolds(store, other, ['hello'])
    })

    it(`M9 a restore captures the bytes that it is given ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, other] = [freshSession(), freshSession()]
      await say(store, session, ['hello'])
      const snapshot = await store.snapshot(session)
      const restoring = store.restore(other, snapshot)
      snapshot.bytes.fill(0)
      await restoring
      await assertHolds(store, other, ['hello'])
      assert.notEqual((await store.snapshot(session)).bytes[0], 0)
    })

    it(`M9 whoever reads during a restore sees what was there or what comes ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const [source, session] = [freshSession(), freshSession()]
      await say(store, source, numbered(1, 40))
      await store.settled(source)
      await say(store, session, ['before'])
      const snapshot = await store.snapshot(source)
      let isRestoring = true
      const restoring = store.restore(session, snapshot).finally(() => {
        isRestoring = false
      })
      while (isRestoring) {
        const held = await heldTexts(store, session)
        assert.deepEqual(held, held[0] === 'before' ? ['before'] : numbered(1, 40))
        await nextTurn()
      }
      await restoring
      await store.settled(session)
      await assertHolds(store, session, numbered(1, 40))
    })

    itIfDurable(`M9 what was restored outlives its store ${under}`, async ({ open }) => {
      const first = await open(rules)
      const [session, other] = [freshSession(), freshSession()]
      await say(first, session, numbered(1, 10))
      await first.settled(session)
      await first.restore(other, await first.snapshot(session))
      await first.close()
      const second = await open(rules)
      await assertHolds(second, other, numbered(1, 10))
    })

    itIfShared(`M9 a restore and ${under} turns of another store never mix`, async ({ open }) => {
      const store = await open(rules)
      const adding = await open(rules)
      const source = freshSession()
      await say(store, source, numbered(1, 10))
      await store.settled(source)
      const snapshot = await store.snapshot(source)
      const session = freshSession()
      await Promise.all([say(adding, session, numbered(11, 20)), store.restore(session, snapshot)])
      for (const each of [store, adding]) await each.flush(session)
      const held = await heldTexts(store, session)
      const beginning = held.slice(0, 10)
      const rest = held.slice(10)
      assert.deepEqual(beginning, numbered(1, 10))
      assert.deepEqual(rest, numbered(11, 20).slice(10 - rest.length))
    })
  }

  it('M9 turns beyond the recent ones are folded after a restore', async ({ open }) => {
    const summarizer = new HeldSummarizer()
    const store = await open(held(summarizer))
    const [session, other] = [freshSession(), freshSession()]
    await say(store, session, numbered(1, 6))
    await summarizer.request(0)
    const snapshot = await store.snapshot(session)
    await store.restore(other, snapshot)
    const request = await summarizer.request(1)
    assert.equal(request.identity.tenantId, other.tenantId)
    request.answer()
    await store.settled(other)
    const context = await store.getLlmContext(other)
    assert.deepEqual(foldedTexts(context), numbered(1, 4))
    assert.deepEqual(recentTexts(context), numbered(5, 6))
  })

  it('M9 a folding that a restore overtakes is void', async ({ open }) => {
    const summarizer = new HeldSummarizer()
    const store = await open(held(summarizer))
    const [session, source] = [freshSession(), freshSession()]
    await say(store, source, ['restored'])
    await say(store, session, numbered(1, 3))
    const request = await summarizer.request(0)
    await store.restore(session, await store.snapshot(source))
    request.answer('what is no longer there;')
    await store.settled(session)
    await assertHolds(store, session, ['restored'])
  })

  it('M9 nor is it applied to turns that were restored in the place of its own', async ({
    open,
  }) => {
    const summarizer = new HeldSummarizer()
    const store = await open(held(summarizer))
    const [session, source] = [freshSession(), freshSession()]
    await say(store, source, ['a', 'b', 'c', 'd'])
    const snapshot = await store.snapshot(source)
    await say(store, session, numbered(1, 4))
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

function held(summarizer: HeldSummarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}

/** Turns with everything in them that a JSON text may stumble over. */
function wholeTurns(): ConversationTurn[] {
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
