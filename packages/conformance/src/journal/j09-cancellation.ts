import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { newEventId } from '@harborage/core'
import { eventLoopTurns } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import {
  appendTexts,
  assertHolds,
  newEntry,
  numberedEntries,
  STREAM,
  textsIn,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'
import { journalMethods, subtreeMethods, validArguments } from './support/journal-methods.ts'

/** The texts of a stream that held `kept`, after a call of a method. */
const heldAfter: ReadonlyMap<string, number> = new Map([
  ['append', 2],
  ['replaceAfter', 2],
  ['trim', 0],
  ['delete', 0],
  ['deleteAll', 0],
])

/** Registers the cases of J9: a canceled call is applied as a whole or not at all. */
export function cancellation({ it, callers }: JournalCases): void {
  for (const method of [...journalMethods, ...subtreeMethods]) {
    it(`J9 ${method.name} with an aborted signal rejects with its reason and changes nothing`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      await appendTexts(store, owner, ['kept'])
      const reason = new Error('the user left')
      const options = { signal: AbortSignal.abort(reason) }
      const given = { ...validArguments(owner), position: 1, options }
      assert.equal(await rejectionOf(() => method.call(store, given)), reason)
      await assertHolds(store, owner, ['kept'])
    })

    it(`J9 ${method.name} with a signal that is not aborted succeeds and leaves no listener`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      await appendTexts(store, owner, ['kept'])
      const { signal } = new AbortController()
      const position = method.name === 'trim' ? 2 : 1
      await method.call(store, { ...validArguments(owner), position, options: { signal } })
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener may be left')
      const held = await textsIn(store, owner)
      assert.equal(held.length, heldAfter.get(method.name) ?? 1)
    })
  }

  for (const delay of [0, 1, 2, 5]) {
    it(`J9 each of ${callers} appends that are aborted ${delay} event-loop turns later is applied or has no effect`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      const controller = new AbortController()
      const { signal } = controller
      const entries = numberedEntries(1, callers)
      const appending = Promise.allSettled(
        entries.map((entry) => store.append(owner, STREAM, [entry], { signal })),
      )
      await eventLoopTurns(delay)
      const reason = new Error('the user left')
      controller.abort(reason)
      const results = await appending
      // This append is made after those that are still running.
      await store.append(owner, STREAM, [newEntry('last')])
      const held = await textsIn(store, owner)
      assert.equal(new Set(held).size, held.length)
      for (const [index, result] of results.entries()) {
        if (result.status === 'rejected') assert.equal(result.reason, reason)
        else assert.ok(held.includes(`${index + 1}`), `${index + 1} has to be stored`)
      }
      // A retry with the same ids appends what is missing, once.
      for (const entry of entries) await store.append(owner, STREAM, [entry])
      const after = await textsIn(store, owner)
      assert.equal(after.length, callers + 1)
      assert.equal(new Set(after).size, callers + 1)
    })
  }

  for (const delay of [0, 1, 2, 3]) {
    it(`J9 a replacement that is aborted ${delay} event-loop turns later is applied as a whole or not at all`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      await appendTexts(store, owner, ['a', 'b'])
      const controller = new AbortController()
      const replacement = {
        owner,
        stream: STREAM,
        position: 1,
        entries: [newEntry('c'), newEntry('d')],
        operationId: newEventId(),
        ifPosition: 2,
      }
      const replacing = Promise.allSettled([
        store.replaceAfter(replacement, { signal: controller.signal }),
      ])
      await eventLoopTurns(delay)
      controller.abort()
      await replacing
      await store.replaceAfter(replacement)
      await assertHolds(store, owner, ['a', 'c', 'd'])
    })
  }
}
