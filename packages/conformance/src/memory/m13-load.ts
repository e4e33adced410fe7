import assert from 'node:assert/strict'
import { isHarborageError, newEventId } from '@harborage/core'
import {
  SNAPSHOT_TURN_IDS,
  type ConversationTurn,
  type DumpedConversation,
  type MemoryStore,
} from '@harborage/memory'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { addTurns, heldTexts, newTurn, numberedTexts } from './support/conversation.ts'
import { comparable, dumpOf, maintenance, ofTenant } from './support/dumps.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies, strategies } from './support/strategies.ts'
import { failing } from './support/summarizers.ts'

const NEVER_MS = 1_000_000

/** Registers the cases of M13: a conversation that is loaded elsewhere goes on as at its source. */
export function load({ it }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    it(`M13 what was dumped and loaded has the same turns, summary and positions ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const from = freshIdentity()
      const to = freshIdentity()
      const session = { ...from, runId: '' }
      await addTurns(store, from, numberedTexts(1, 9))
      await addTurns(store, session, ['état 🙂'])
      await store.settled()
      const dumped = await dumpOf(store, from.tenantId)
      assert.equal(dumped.length, 2)
      const moved = dumped.map((each) => ofTenant(each, to.tenantId))
      assert.deepEqual(await store.loadDump(maintenance, moved), { loaded: 2, unchanged: 0 })
      assert.deepEqual(comparable(await dumpOf(store, to.tenantId)), comparable(dumped))
      for (const [source, target] of [
        [from, to],
        [session, { ...to, runId: '' }],
      ] as const) {
        assert.deepEqual(await store.snapshot(target), await store.snapshot(source))
        assert.deepEqual(await store.getLlmContext(target), await store.getLlmContext(source))
        assert.equal(await store.estimateTokens(target), await store.estimateTokens(source))
        assert.equal(await store.health(target), await store.health(source))
      }
      for (const identity of [from, to]) await addTurns(store, identity, numberedTexts(10, 12))
      await store.settled()
      assert.deepEqual(await heldTexts(store, to), await heldTexts(store, from))
    })

    it(`M13 a turn that the source has added is not added again ${under}`, async ({ open }) => {
      const store = await open({ ...rules, ...(rules.strategy === 'truncation' && SMALL) })
      const from = freshIdentity()
      const to = freshIdentity()
      // More than the header remembers.
      const turns = numberedTexts(1, SNAPSHOT_TURN_IDS + 20).map(newTurn)
      for (const turn of turns) await store.addTurn(from, turn)
      await store.settled()
      await moveAll(store, from.tenantId, to.tenantId)
      const held = await heldTexts(store, to)
      for (const turn of turns.filter((_, index) => index % 5 === 0)) await store.addTurn(to, turn)
      await store.settled()
      assert.deepEqual(await heldTexts(store, to), held)
      await addTurns(store, to, ['new'])
      await store.settled()
      assert.equal((await heldTexts(store, to)).at(-1), 'new')
    })
  }

  it('M13 a forgotten turn stays forgotten', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const from = freshIdentity()
    const to = freshIdentity()
    const forgotten = { ...newTurn('forgotten'), turnId: newEventId() }
    for (const turn of [newTurn('kept'), forgotten]) await store.addTurn(from, turn)
    assert.equal(await store.forget(from, forgotten.turnId), 'removed')
    await moveAll(store, from.tenantId, to.tenantId)
    await store.addTurn(to, forgotten)
    assert.deepEqual(await heldTexts(store, to), ['kept'])
  })

  it('M13 health and failures are as at the source', async ({ open }) => {
    const summarizer = failing(1_000)
    const rules = { strategy: 'rolling_summary', recentTurns: 1, summarizer } as const
    const store = await open({ ...rules, retryAttempts: 0, degradedRetryMs: NEVER_MS })
    const from = freshIdentity()
    const to = freshIdentity()
    await addTurns(store, from, numberedTexts(1, 3))
    await store.settled()
    const health = await store.health(from)
    assert.notEqual(health, 'healthy')
    await moveAll(store, from.tenantId, to.tenantId)
    assert.equal(await store.health(to), health)
    const [source, target] = [await dumpOf(store, from.tenantId), await dumpOf(store, to.tenantId)]
    assert.deepEqual(comparable(target), comparable(source))
  })

  for (const rules of strategies) {
    it(`M13 a store of ${rules.strategy} dumps and loads conversations of any strategy`, async ({
      open,
    }) => {
      const from = freshIdentity()
      const to = freshIdentity()
      const session = (index: number) => ({ ...from, sessionId: `s${index}` })
      const store = await open(rules)
      await addTurns(store, session(0), ['own'])
      await store.settled()
      const own = await dumpOf(store, from.tenantId)
      const others = storingStrategies
        .filter(({ strategy }) => strategy !== rules.strategy)
        .map(({ strategy }, index) => conversationOf(session(index + 1), strategy))
      await store.loadDump(maintenance, others)
      const all = await dumpOf(store, from.tenantId)
      assert.deepEqual(comparable(all), comparable([...own, ...others]))
      const moved = all.map((each) => ofTenant(each, to.tenantId))
      const answer = await store.loadDump(maintenance, moved)
      assert.deepEqual(answer, { loaded: all.length, unchanged: 0 })
      assert.deepEqual(comparable(await dumpOf(store, to.tenantId)), comparable(all))
    })
  }

  it('M13 loading again changes nothing, also after a part was loaded', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const { from, to } = await filled(store)
    const all = (await dumpOf(store, from)).map((each) => ofTenant(each, to))
    const loading = (given: readonly DumpedConversation[]) => store.loadDump(maintenance, given)
    assert.deepEqual(await loading(all.slice(1, 3)), { loaded: 2, unchanged: 0 })
    assert.deepEqual(await loading(all), { loaded: 2, unchanged: 2 })
    assert.deepEqual(await loading(all), { loaded: 0, unchanged: 4 })
    assert.deepEqual(await loading([]), { loaded: 0, unchanged: 0 })
    assert.deepEqual(comparable(await dumpOf(store, to)), comparable(all))
  })

  it('M13 another conversation in its place is a conflict, and stays as it is', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const { from } = await filled(store)
    const all = await dumpOf(store, from)
    const [held] = all
    assert.ok(held !== undefined)
    const { header, turns, turnIds } = held
    const [turn] = turns
    assert.ok(turn !== undefined)
    const others: readonly Partial<DumpedConversation>[] = [
      { summary: 'other' },
      { turns: [] },
      { turns: [{ ...turn, tokens: turn.tokens + 1 }, ...turns.slice(1)] },
      { turnIds: [...turnIds, { turnId: newEventId(), position: 7, at: 1, lineage: 1 }] },
      { header: { ...header, nextPosition: header.nextPosition + 1 } },
      { header: { ...header, lineage: header.lineage + 1 } },
      { header: { ...header, failures: 1 } },
      { header: { ...header, health: 'degraded' } },
    ]
    const free = { ...held, identity: { ...held.identity, runId: 'free' } }
    for (const other of others) {
      const error = await rejectionOf(() =>
        store.loadDump(maintenance, [free, { ...held, ...other }]),
      )
      assert.ok(isHarborageError(error, 'dump_conflict'), JSON.stringify(Object.keys(other)))
      assert.deepEqual(error.entry, { list: 'records', index: 1 })
    }
    const after = (await dumpOf(store, from)).filter(({ identity }) => identity.runId !== 'free')
    assert.deepEqual(comparable(after), comparable(all))
  })
}

/** A budget for which truncation drops turns. */
const SMALL = { budgetTokens: 60 }

/** Loads all conversations of a tenant as those of another one. */
async function moveAll(store: MemoryStore, from: string, to: string): Promise<void> {
  const moved = (await dumpOf(store, from)).map((each) => ofTenant(each, to))
  await store.loadDump(maintenance, moved)
}

/** Fills a tenant with four conversations, and resolves to it and an empty one. */
async function filled(store: MemoryStore): Promise<{ from: string; to: string }> {
  const run = freshIdentity()
  for (const identity of [
    run,
    { ...run, runId: '' },
    { ...run, sessionId: 'second' },
    { ...run, userId: 'bob' },
  ]) {
    await addTurns(store, identity, numberedTexts(1, 3))
  }
  return { from: run.tenantId, to: freshIdentity().tenantId }
}

/** Returns a conversation of one turn as a dump has it. */
function conversationOf(
  identity: DumpedConversation['identity'],
  strategy: DumpedConversation['header']['strategy'],
): DumpedConversation {
  const turnId = newEventId()
  const turn: ConversationTurn = { userMessage: 'a', assistantResponse: 'b' }
  const text = JSON.stringify({ turnId, timestamp: 0, ...turn })
  return {
    identity,
    header: {
      strategy,
      nextPosition: 2,
      turns: 1,
      tokens: 5,
      turnIds: [turnId],
      health: 'healthy',
      failures: 0,
      foldClaimId: undefined,
      lastAppliedId: undefined,
      lineage: 77,
    },
    summary: strategy === 'rolling_summary' ? 'said before' : '',
    turns: [{ position: 1, tokens: 5, text }],
    turnIds: [{ turnId: newEventId(), position: 0, at: 5, lineage: 77 }],
  }
}
