import assert from 'node:assert/strict'
import { newEventId, type EventId } from '@harborage/core'
import type { ConversationTurn, MemoryRules, MemoryStore, Summarizer } from '@harborage/memory'
import { nextTurn } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { race, tally } from '../support/race.ts'
import {
  addTurns,
  assertHolds,
  foldedTexts,
  heldTexts,
  newTurn,
  numberedTexts,
  recentTexts,
} from './support/conversation.ts'
import { ManualSummarizer } from './support/manual-summarizer.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { concatenated, concatenating } from './support/summarizers.ts'

/** Rules under which the turns of a case are kept word for word. */
const keeping: readonly (Partial<MemoryRules> & Pick<MemoryRules, 'strategy'>)[] = [
  { strategy: 'truncation' },
  { strategy: 'rolling_summary', recentTurns: 200, summarizer: concatenating },
]

/** More turns than the header remembers ids of, twice. */
const LATER_TURNS = 140

/** Registers the cases of M12: a turn that was forgotten is gone, and stays away. */
export function forgetting(cases: MemoryCases): void {
  forgetKeptTurns(cases)
  forgetOtherTurns(cases)
  forgetDuringFolds(cases)
}

/** Registers the cases about turns that are kept word for word. */
function forgetKeptTurns({ it, itIfShared, callers }: MemoryCases): void {
  for (const rules of keeping) {
    const under = `under ${rules.strategy}`

    for (const [which, index] of [
      ['oldest', 0],
      ['middle', 2],
      ['newest', 4],
    ] as const) {
      it(`M12 forget removes the ${which} turn, and no retry brings it back ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshIdentity()
        const turns = await addNewTurns(store, session, numberedTexts(1, 5))
        const forgotten = turns[index] ?? newTurn('')
        const tokens = await store.estimateTokens(session)
        assert.equal(await store.forget(session, idOf(forgotten)), 'removed')
        const left = numberedTexts(1, 5).filter((text) => text !== forgotten.userMessage)
        await assertHolds(store, session, left)
        assert.equal(await store.estimateTokens(session), (tokens / 5) * 4)
        assert.equal(await store.forget(session, idOf(forgotten)), 'absent')
        await store.addTurn(session, forgotten)
        await addTurns(store, session, ['later'])
        await assertHolds(store, session, [...left, 'later'])
      })
    }

    it(`M12 a forgotten turn does not come back when its id is no longer among the newest ${under}`, async ({
      open,
    }) => {
      const store = await open({ ...rules, rememberedTurnIds: 64, rememberedTurnIdsMs: 0 })
      const session = freshIdentity()
      const [kept, forgotten] = await addNewTurns(store, session, ['kept', 'forgotten'])
      assert.ok(kept !== undefined && forgotten !== undefined)
      assert.equal(await store.forget(session, idOf(forgotten)), 'removed')
      const later = numberedTexts(1, LATER_TURNS)
      await addTurns(store, session, later)
      await store.addTurn(session, forgotten)
      assert.equal(await store.forget(session, idOf(forgotten)), 'absent')
      // The id of this one is forgotten, and the turn is found nevertheless.
      assert.equal(await store.forget(session, idOf(kept)), 'removed')
      await assertHolds(store, session, later)
    })

    it(`M12 one of ${callers} callers removes a turn ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const [first] = await addNewTurns(store, session, ['first', 'second'])
      const turnId = idOf(first)
      const answers = await race(callers, () => store.forget(session, turnId))
      assert.deepEqual(tally(answers), { removed: 1, absent: callers - 1 })
      await assertHolds(store, session, ['second'])
    })

    it(`M12 a retry at the same time does not bring a turn back ${under}`, async ({ open }) => {
      const store = await open(rules)
      for (let round = 0; round < 5; round += 1) {
        const session = freshIdentity()
        const [turn] = await addNewTurns(store, session, ['forgotten', 'kept'])
        assert.ok(turn !== undefined)
        const retries = race(3, () => store.addTurn(session, turn))
        assert.equal(await store.forget(session, idOf(turn)), 'removed')
        await retries
        await assertHolds(store, session, ['kept'])
      }
    })

    itIfShared(
      `M12 a store forgets turns while another one adds some ${under}`,
      async ({ open }) => {
        const [store, other] = [await open(rules), await open(rules)]
        const session = freshIdentity()
        const turns = await addNewTurns(store, session, numberedTexts(1, 10))
        const adding = addTurns(other, session, numberedTexts(11, 20))
        for (const turn of turns.slice(5)) {
          assert.equal(await store.forget(session, idOf(turn)), 'removed')
        }
        await adding
        await assertHolds(store, session, [...numberedTexts(1, 5), ...numberedTexts(11, 20)])
      },
    )

    it(`M12 a snapshot has nothing of a forgotten turn but its id ${under}`, async ({ open }) => {
      const store = await open(rules)
      const [session, copy] = [freshIdentity(), freshIdentity()]
      const turns = await addNewTurns(store, session, ['first', 'forgotten', 'last'])
      const forgotten = turns[1] ?? newTurn('')
      await store.forget(session, idOf(forgotten))
      const snapshot = await store.snapshot(session)
      assert.ok(!new TextDecoder().decode(snapshot.bytes).includes('forgotten'))
      await store.restore(copy, snapshot)
      assert.deepEqual(await store.snapshot(copy), snapshot)
      await store.addTurn(copy, forgotten)
      await assertHolds(store, copy, ['first', 'last'])
      assert.equal(await store.forget(copy, idOf(turns[0])), 'removed')
      await assertHolds(store, copy, ['last'])
    })
  }

  it('M12 forget makes room in the budget', async ({ open }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 6,
      tokenEstimator: () => 1,
    })
    const session = freshIdentity()
    const [, second] = await addNewTurns(store, session, ['first', 'second', 'third'])
    assert.equal(await store.forget(session, idOf(second)), 'removed')
    await addTurns(store, session, ['fourth'])
    await assertHolds(store, session, ['first', 'third', 'fourth'])
    await addTurns(store, session, ['fifth'])
    await assertHolds(store, session, ['third', 'fourth', 'fifth'])
  })

  itIfShared('M12 a forgotten turn stays away when the strategy changes', async ({ open }) => {
    const store = await open(rolling(concatenating))
    const other = await open({ strategy: 'truncation' })
    const session = freshIdentity()
    const turns = await addNewTurns(store, session, numberedTexts(1, 3))
    const forgotten = turns[1] ?? newTurn('')
    await store.settled(session)
    assert.equal(await store.forget(session, idOf(forgotten)), 'removed')
    await other.convert(session)
    await other.addTurn(session, forgotten)
    assert.equal(await other.forget(session, idOf(forgotten)), 'absent')
    const { recentTurns } = await other.getLlmContext(session)
    assert.deepEqual(
      recentTurns.map(({ assistantResponse }) => assistantResponse),
      ['turn 1;', 'answer to turn 3'],
    )
  })
}

/** Registers the cases about turns that are not kept word for word. */
function forgetOtherTurns({ it }: MemoryCases): void {
  it('M12 forget says that a folded turn is in the summary, and changes nothing', async ({
    open,
  }) => {
    const store = await open(rolling(concatenating))
    const session = freshIdentity()
    const [folded] = await addNewTurns(store, session, numberedTexts(1, 5))
    await store.settled(session)
    const before = await store.snapshot(session)
    assert.equal(await store.forget(session, idOf(folded)), 'summarized')
    assert.equal(await store.forget(session, idOf(folded)), 'summarized')
    assert.deepEqual(await store.snapshot(session), before)
    await assertHolds(store, session, numberedTexts(1, 5))
  })

  it('M12 a turn that truncation dropped is absent', async ({ open }) => {
    const store = await open({
      strategy: 'truncation',
      budgetTokens: 4,
      tokenEstimator: () => 1,
    })
    const session = freshIdentity()
    const [dropped] = await addNewTurns(store, session, ['first', 'second', 'third'])
    const before = await store.snapshot(session)
    assert.equal(await store.forget(session, idOf(dropped)), 'absent')
    assert.deepEqual(await store.snapshot(session), before)
  })

  for (const rules of [{ strategy: 'none' } as const, ...keeping]) {
    it(`M12 a turn that was never added is absent under ${rules.strategy}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      assert.equal(await store.forget(session, newEventId()), 'absent')
      assert.equal(await store.delete(session), false, 'no conversation may begin')
      const { userMessage, turnId } = newTurn('kept')
      // A text that looks like the id of a turn is a text.
      const quoting = `{"turnId":"quoted",${userMessage}`
      await store.addTurn(session, { ...newTurn(quoting), turnId: turnId ?? newEventId() })
      assert.equal(await store.forget(session, newEventId()), 'absent')
      await assertHolds(store, session, rules.strategy === 'none' ? [] : [quoting])
    })
  }

  it('M12 forget reaches no other conversation', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const session = freshIdentity()
    const others = (['tenantId', 'userId', 'sessionId', 'runId'] as const).map((part) => ({
      ...session,
      [part]: `other ${session.tenantId}`,
    }))
    const turn = newTurn('said')
    for (const other of others) {
      await store.addTurn(other, turn)
      assert.equal(await store.forget(session, idOf(turn)), 'absent')
    }
    await store.addTurn(session, turn)
    assert.equal(await store.forget(session, idOf(turn)), 'removed')
    for (const other of others) await assertHolds(store, other, ['said'])
  })
}

/** Registers the cases about folds that run meanwhile. */
function forgetDuringFolds({ it }: MemoryCases): void {
  it('M12 a turn that is forgotten during its fold is in no summary', async ({ open }) => {
    const summarizer = new ManualSummarizer()
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    const [first] = await addNewTurns(store, session, numberedTexts(1, 3))
    const request = await summarizer.request(0)
    assert.equal(request.turns[0]?.userMessage, 'turn 1')
    await addTurns(store, session, ['turn 4'])
    assert.equal(await store.forget(session, idOf(first)), 'removed')
    request.answer()
    const again = await summarizer.request(1)
    again.answer()
    await store.settled(session)
    const context = await store.getLlmContext(session)
    assert.deepEqual(foldedTexts(context), ['turn 2'])
    assert.deepEqual(recentTexts(context), ['turn 3', 'turn 4'])
    assert.equal(await store.forget(session, idOf(first)), 'absent')
  })

  it('M12 forget says of each turn where it is while turns are folded', async ({ open }) => {
    const summarizer: Summarizer = {
      async summarize(_identity, request) {
        await nextTurn()
        return { summary: concatenated(request) }
      },
    }
    const store = await open(rolling(summarizer))
    const session = freshIdentity()
    const turns: ConversationTurn[] = []
    const removed = new Set<string>()
    for (const text of numberedTexts(1, 30)) {
      turns.push(...(await addNewTurns(store, session, [text])))
      if (turns.length % 5 !== 0) continue
      // It may be kept, in the summary, or on its way there.
      const turn = turns.at(-4)
      const answer = await store.forget(session, idOf(turn))
      assert.notEqual(answer, 'absent')
      if (answer === 'removed') removed.add(turn?.userMessage ?? '')
    }
    await store.settled(session)
    const left = numberedTexts(1, 30).filter((text) => !removed.has(text))
    assert.deepEqual(await heldTexts(store, session), left)
  })
}

function rolling(summarizer: Summarizer): Partial<MemoryRules> {
  return { strategy: 'rolling_summary', recentTurns: 2, summarizer }
}

/** Adds turns with these user messages, and resolves to them. */
async function addNewTurns(
  store: MemoryStore,
  identity: ReturnType<typeof freshIdentity>,
  texts: readonly string[],
): Promise<ConversationTurn[]> {
  const turns = texts.map(newTurn)
  for (const turn of turns) await store.addTurn(identity, turn)
  return turns
}

/** Returns the id of a turn that a case made. */
function idOf(turn: ConversationTurn | undefined): EventId {
  assert.ok(turn?.turnId !== undefined)
  return turn.turnId
}
