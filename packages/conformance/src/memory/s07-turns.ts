import assert from 'node:assert/strict'
import { types } from 'node:util'
import { isHarborageError, newEventId } from '@harborage/core'
import { MAX_TURN_BYTES, type ConversationTurn } from '@harborage/memory'
import { rejectionOf } from '../support/abort.ts'
import { malformed } from '../support/malformed.ts'
import { assertHolds, newTurn, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import { malformedTurns } from './support/malformed-turns.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { keepingStrategies, strategies } from './support/strategies.ts'

const texts: readonly (readonly [description: string, text: string])[] = [
  ['no character at all', ''],
  ['a NUL', '\0'],
  ['a lone surrogate', '\ud800'],
  ['a byte order mark', '\ufeff'],
  ['every ASCII character', String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code))],
  ['characters beyond the basic plane', '😀\u{10ffff}'],
  ['line and paragraph separators', '\u2028\u2029'],
  ['what looks like JSON', '{"userMessage":"\\u0000"}'],
  ['what looks like SQL', "'; drop table memory_state; --"],
  ['half a MiB', 'é'.repeat(MAX_TURN_BYTES / 4)],
]

/** S7: a turn is captured when it is said, and comes back as it was. */
export function turns({ it }: MemoryCases): void {
  for (const rules of keepingStrategies) {
    const under = `under ${rules.strategy}`

    for (const [description, text] of texts) {
      it(`S7 ${description} on either side of a turn comes back ${under}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshSession()
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

    it(`S7 a turn comes back in every part ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      for (const turn of [wholeTurn(), leastTurn()]) await store.addTurn(session, turn)
      const { recentTurns } = await store.getLlmContext(session)
      assert.deepEqual(recentTurns, [wholeTurn(), leastTurn()])
    })

    it(`S7 a turn gets an id and the time if it has none ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
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

    it(`S7 a turn and its identity are captured when they are handed over ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const session = freshSession()
      const given = structuredClone({ identity: session, turn: wholeTurn() })
      const adding = store.addTurn(given.identity, given.turn)
      spoil(given.identity)
      spoil(given.turn)
      await adding
      const { recentTurns } = await store.getLlmContext(session)
      assert.deepEqual(recentTurns, [wholeTurn()])
    })

    it(`S7 what a context gives is the caller's own ${under}`, async ({ open }) => {
      const store = await open(rules)
      const session = freshSession()
      await store.addTurn(session, wholeTurn())
      const { recentTurns } = await store.getLlmContext(session)
      recentTurns[0]?.timestamp?.setTime(0)
      Reflect.set(recentTurns[0] ?? {}, 'userMessage', 'spoilt')
      Reflect.set(recentTurns[0]?.artifactsShown ?? {}, 'shown', 'spoilt')
      Reflect.set(recentTurns, '0', 'spoilt')
      const again = await store.getLlmContext(session)
      assert.deepEqual(again.recentTurns, [wholeTurn()])
    })
  }

  for (const rules of strategies) {
    for (const [fault, turn] of malformedTurns) {
      it(`S7 ${fault} is no turn under ${rules.strategy}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshSession()
        const isKept = rules.strategy !== 'none'
        await say(store, session, ['kept'])
        const error = await rejectionOf(() => store.addTurn(session, malformed(turn)))
        assert.ok(isHarborageError(error, 'invalid_record'), String(error))
        assert.ok(error.message.length < 1_000, 'a message may not repeat the turn')
        await assertHolds(store, session, isKept ? ['kept'] : [])
      })
    }
  }
}

const wholeId = newEventId()

/** A turn with everything a turn can have. */
function wholeTurn(): ConversationTurn {
  return {
    ...newTurn('question'),
    turnId: wholeId,
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

const leastId = newEventId()

/** A turn before 1970 with lists that are empty. */
function leastTurn(): ConversationTurn {
  return {
    userMessage: '',
    assistantResponse: '',
    turnId: leastId,
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

/** Changes everything in an object that can be changed. */
function spoil(value: object): void {
  if (types.isDate(value)) {
    value.setTime(0)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null) spoil(item as object)
    else Reflect.set(value, name, 'spoilt')
  }
}
