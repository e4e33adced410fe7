import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { eventLoopTurns } from '../support/event-loop.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { assertHolds, heldTexts, newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import {
  cancellableMethods,
  searchPassages,
  subtreeMethods,
  validArguments,
} from './support/memory-methods.ts'
import { storingStrategies } from './support/strategies.ts'

/** The texts of a conversation that held `kept`, after a call of a method. */
const heldAfter: ReadonlyMap<string, readonly string[]> = new Map([
  ['addTurn', ['kept', 'new']],
  ['restore', []],
  ['delete', []],
  ['deleteAll', []],
])

/** Registers the cases of S11: a canceled call is applied as a whole or not at all. */
export function cancellation({ it, callers }: MemoryCases): void {
  for (const rules of storingStrategies) {
    const under = `under ${rules.strategy}`

    for (const method of [...cancellableMethods, ...subtreeMethods, searchPassages]) {
      it(`S11 ${method.name} with an aborted signal changes nothing ${under}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshIdentity()
        await addTurns(store, session, ['kept'])
        const reason = new Error('the user left')
        const options = { signal: AbortSignal.abort(reason) }
        const given = { ...validArguments(session), options }
        assert.equal(await rejectionOf(() => method.call(store, given)), reason)
        await assertHolds(store, session, ['kept'])
      })

      it(`S11 ${method.name} with a signal that is not aborted succeeds and leaves no listener ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshIdentity()
        await addTurns(store, session, ['kept'])
        const { signal } = new AbortController()
        await method.call(store, { ...validArguments(session), options: { signal } })
        assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener may be left')
        await assertHolds(store, session, heldAfter.get(method.name) ?? ['kept'])
      })
    }

    for (const delay of [0, 1, 2, 5]) {
      it(`S11 each of ${callers} addTurn calls that are aborted ${delay} event-loop turns later is applied or has no effect ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshIdentity()
        const controller = new AbortController()
        const { signal } = controller
        const said = numberedTexts(1, callers).map(newTurn)
        const adding = Promise.allSettled(
          said.map((turn) => store.addTurn(session, turn, { signal })),
        )
        await eventLoopTurns(delay)
        const reason = new Error('the user left')
        controller.abort(reason)
        const results = await adding
        await store.settled(session)
        const held = await heldTexts(store, session)
        assert.equal(new Set(held).size, held.length)
        for (const [caller, result] of results.entries()) {
          const text = said[caller]?.userMessage ?? ''
          if (result.status === 'fulfilled')
            assert.ok(held.includes(text), `${text} has to be stored`)
          else assert.equal(result.reason, reason)
        }
        // A retry runs after the calls that are still running.
        for (const turn of said.slice(-20)) await store.addTurn(session, turn)
        await store.settled(session)
        const after = await heldTexts(store, session)
        assert.equal(new Set(after).size, after.length, 'a retry may not duplicate a turn')
      })
    }

    it(`S11 an aborted restore is applied as a whole or not at all ${under}`, async ({ open }) => {
      const store = await open(rules)
      const source = freshIdentity()
      await addTurns(store, source, numberedTexts(1, 30))
      await store.settled(source)
      const snapshot = await store.snapshot(source)
      for (const delay of [0, 0, 1, 1, 2, 3]) {
        const session = freshIdentity()
        await addTurns(store, session, ['before'])
        const controller = new AbortController()
        const restoring = Promise.allSettled([
          store.restore(session, snapshot, { signal: controller.signal }),
        ])
        await eventLoopTurns(delay)
        controller.abort()
        await restoring
        const held = await heldTexts(store, session)
        assert.deepEqual(held, held[0] === 'before' ? ['before'] : numberedTexts(1, 30))
      }
    })
  }
}
