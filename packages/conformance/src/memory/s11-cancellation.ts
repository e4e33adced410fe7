import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { rejectionOf, turns } from '../support/abort.ts'
import { assertHolds, heldTexts, newTurn, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { cancellableMethods, validArguments } from './support/memory-methods.ts'
import { keepingStrategies } from './support/strategies.ts'

/** What a conversation in which this was kept holds after a call. */
const heldAfter: ReadonlyMap<string, readonly string[]> = new Map([
  ['addTurn', ['kept', 'new']],
  ['restore', []],
])

/** S11: a call that is cancelled happens as a whole or not at all. */
export function cancellation({ it, callers }: MemoryCases): void {
  for (const rules of keepingStrategies) {
    const under = `under ${rules.strategy}`

    for (const method of cancellableMethods) {
      it(`S11 ${method.name} with an aborted signal does nothing ${under}`, async ({ open }) => {
        const store = await open(rules)
        const session = freshSession()
        await say(store, session, ['kept'])
        const reason = new Error('the user left')
        const options = { signal: AbortSignal.abort(reason) }
        const given = { ...validArguments(session), options }
        assert.equal(await rejectionOf(() => method.call(store, given)), reason)
        await assertHolds(store, session, ['kept'])
      })

      it(`S11 ${method.name} with a signal that is not aborted does its work ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshSession()
        await say(store, session, ['kept'])
        const { signal } = new AbortController()
        await method.call(store, { ...validArguments(session), options: { signal } })
        assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener may be left')
        await assertHolds(store, session, heldAfter.get(method.name) ?? ['kept'])
      })
    }

    for (const delay of [0, 1, 2, 5]) {
      it(`S11 of ${callers} turns that are aborted ${delay} turns later each is there or not ${under}`, async ({
        open,
      }) => {
        const store = await open(rules)
        const session = freshSession()
        const controller = new AbortController()
        const { signal } = controller
        const said = numbered(1, callers).map(newTurn)
        const adding = Promise.allSettled(
          said.map((turn) => store.addTurn(session, turn, { signal })),
        )
        await turns(delay)
        const reason = new Error('the user left')
        controller.abort(reason)
        const results = await adding
        await store.settled(session)
        const held = await heldTexts(store, session)
        assert.equal(new Set(held).size, held.length)
        for (const [caller, result] of results.entries()) {
          const text = said[caller]?.userMessage ?? ''
          if (result.status === 'fulfilled') assert.ok(held.includes(text), `${text} is there`)
          else assert.equal(result.reason, reason)
        }
        // A retry comes behind whatever is still under way.
        for (const turn of said.slice(-20)) await store.addTurn(session, turn)
        await store.settled(session)
        const after = await heldTexts(store, session)
        assert.equal(new Set(after).size, after.length, 'a retry may not double a turn')
      })
    }

    it(`S11 a restore that is aborted is there as a whole or not at all ${under}`, async ({
      open,
    }) => {
      const store = await open(rules)
      const source = freshSession()
      await say(store, source, numbered(1, 30))
      await store.settled(source)
      const snapshot = await store.snapshot(source)
      for (const delay of [0, 0, 1, 1, 2, 3]) {
        const session = freshSession()
        await say(store, session, ['before'])
        const controller = new AbortController()
        const restoring = Promise.allSettled([
          store.restore(session, snapshot, { signal: controller.signal }),
        ])
        await turns(delay)
        controller.abort()
        await restoring
        const held = await heldTexts(store, session)
        assert.deepEqual(held, held[0] === 'before' ? ['before'] : numbered(1, 30))
      }
    })
  }
}
