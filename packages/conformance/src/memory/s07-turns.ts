import assert from 'node:assert/strict'
import { types } from 'node:util'
import { isHarborageError, newEventId } from '@harborage/core'
import { MAX_TURN_BYTES, type ConversationTurn } from '@harborage/memory'
import { rejectionOf } from '../support/rejection-of.ts'
import { malformed } from '../support/malformed.ts'
import { assertHolds, newTurn, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformedTurns } from './support/malformed-turns.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { storingStrategies, strategies } from './support/strategies.ts'

const texts: readonly (readonly [description: string, text: string])[] = [
  ['an empty text', ''],
  ['a NUL', '\0'],
  ['a lone surrogate', '\ud800'],
  ['a byte order mark', '\ufeff'],
  ['every ASCII character', String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))],
  ['a text beyond the basic plane', '😀\u{10ffff}'],
  ['a text of line and paragraph separators', '\u2028\u2029'],
  ['a text that looks like JSON', '{"userMessage":"\\u0000"}'],
  ['a text that looks like SQL', "'; drop table memory_state; --"],
  ['a text of half a MiB', 'é'.repeat(MAX_TURN_BYTES / 4)],
]

/** Registers the cases of S7: a turn is captured when it is added, and is returned unchanged. */
export function turns({ it }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    for (const [description, text] of texts) {
      it(`S7 ${description} as either text of a turn is returned unchanged ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshIdentity()
        await store.addTurn(session, { userMessage: text, assistantResponse: 'short' })
        await store.addTurn(session, { userMessage: 'short', assistantResponse: text })
        const { recentTurns } = await store.getLlmContext(session)
        assert.deepEqual(
          recentTurns.map((turn) => [turn.userMessage, turn.assistantResponse]),
          [
            [text, 'short'],
            ['short', text],
          ],
        )
      })
    }

    it(`S7 every part of a turn is returned unchanged ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      for (const turn of [completeTurn(), emptyTurn()]) await store.addTurn(session, turn)
      const { recentTurns } = await store.getLlmContext(session)
      assert.deepEqual(recentTurns, [completeTurn(), emptyTurn()])
    })

    it(`S7 a turn without an id and a time gets both ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const before = Date.now()
      const turn = { userMessage: 'hello', assistantResponse: 'hi' }
      await store.addTurn(session, turn)
      await store.addTurn(session, turn)
      const { recentTurns } = await store.getLlmContext(session)
      for (const { timestamp } of recentTurns) {
        assert.ok(timestamp !== undefined)
        assert.ok(timestamp.getTime() >= before && timestamp.getTime() <= Date.now())
      }
      const ids = recentTurns.map(({ turnId }) => turnId)
      assert.equal(new Set(ids).size, 2)
      assert.ok(ids.every((id) => typeof id === 'string' && id !== ''))
    })

    it(`S7 a turn and its identity are captured when addTurn is called ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshIdentity()
      const given = structuredClone({ identity: session, turn: completeTurn() })
      const adding = store.addTurn(given.identity, given.turn)
      mutate(given.identity)
      mutate(given.turn)
      await adding
      const { recentTurns } = await store.getLlmContext(session)
      assert.deepEqual(recentTurns, [completeTurn()])
    })

    it(`S7 a context is owned by the caller ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshIdentity()
      await store.addTurn(session, completeTurn())
      const { recentTurns } = await store.getLlmContext(session)
      recentTurns[0]?.timestamp?.setTime(0)
      Reflect.set(recentTurns[0] ?? {}, 'userMessage', 'mutated')
      Reflect.set(recentTurns[0]?.artifactsShown ?? {}, 'shown', 'mutated')
      Reflect.set(recentTurns, '0', 'mutated')
      const again = await store.getLlmContext(session)
      assert.deepEqual(again.recentTurns, [completeTurn()])
    })
  }

  for (const rules of strategies) {
    for (const [fault, turn] of malformedTurns) {
      it(`S7 a turn that is or has ${fault} is rejected under ${rules.strategy}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshIdentity()
        const isKept = rules.strategy !== 'none'
        await addTurns(store, session, ['kept'])
        const error = await rejectionOf(() => store.addTurn(session, malformed(turn)))
        assert.ok(isHarborageError(error, 'invalid_record'), String(error))
        assert.ok(error.message.length < 1_000, 'a message may not repeat the turn')
        await assertHolds(store, session, isKept ? ['kept'] : [])
      })
    }
  }
}

const completeId = newEventId()

/** Returns a turn with all fields. */
function completeTurn(): ConversationTurn {
  return {
    ...newTurn('question'),
    turnId: completeId,
    timestamp: new Date(1_700_000_000_123),
    trajectoryDigest: {
      toolsInvoked: ['search', ''],
      observationsSummary: 'found "it"',
      reasoningSummary: '',
      artifactsRefs: ['default_0123456789ab'],
    },
    artifactsShown: { shown: [1, -0.5, 1e300, true, null, { deep: 'é' }], empty: {}, none: [] },
    artifactsHiddenRefs: ['hidden', 'hidden'],
  }
}

const emptyId = newEventId()

/** Returns a turn before 1970 with all fields, all of them empty. */
function emptyTurn(): ConversationTurn {
  return {
    userMessage: '',
    assistantResponse: '',
    turnId: emptyId,
    timestamp: new Date(-1),
    trajectoryDigest: {
      toolsInvoked: [],
      observationsSummary: '',
      reasoningSummary: '',
      artifactsRefs: [],
    },
    artifactsShown: {},
    artifactsHiddenRefs: [],
  }
}

/** Changes every part of an object. */
function mutate(value: object): void {
  if (types.isDate(value)) {
    value.setTime(0)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null) mutate(item as object)
    else Reflect.set(value, name, 'mutated')
  }
}
