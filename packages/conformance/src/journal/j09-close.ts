import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { nextTurn } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { race, tally } from '../support/race.ts'
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

/** Registers the cases of J9: close waits for running calls and rejects later ones. */
export function close({ it, itIfDurable, itIfShared, callers }: JournalCases): void {
  it('J9 close may be called repeatedly and concurrently', async ({ store }) => {
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    await store.close()
    await store[Symbol.asyncDispose]()
  })

  it('J9 disposing of a store closes it', async ({ store }) => {
    await store[Symbol.asyncDispose]()
    await assertFails('store_closed', () => store.head(freshIdentity(), STREAM))
  })

  for (const method of [...journalMethods, ...subtreeMethods]) {
    it(`J9 ${method.name} on a closed store is rejected`, async ({ store }) => {
      const given = validArguments(freshIdentity())
      const closing = store.close()
      await assertFails('store_closed', () => method.call(store, given))
      await closing
      await assertFails('store_closed', () => method.call(store, given))
    })
  }

  it(`J9 close waits for ${callers} running calls`, async ({ store }) => {
    const owner = freshIdentity()
    let finished = 0
    const calls = race(callers, async (caller) => {
      await store.append(owner, `${caller % 3}`, [newEntry(`by ${caller}`)])
      finished += 1
    })
    await store.close()
    // The answers reach their callers within this turn of the event loop.
    await nextTurn()
    assert.equal(finished, callers, 'close has to wait')
    assert.deepEqual(tally(await calls), { undefined: callers })
  })

  itIfDurable(
    'J9 a reopened store finds what was acknowledged while the store closed',
    async ({ store, open }) => {
      const owner = freshIdentity()
      const entries = numberedEntries(1, callers)
      const appending = Promise.all(entries.map((entry) => store.append(owner, STREAM, [entry])))
      await store.close()
      await appending
      const texts = await textsIn(await open(), owner)
      assert.deepEqual(texts.toSorted(), entries.map((_, index) => `${index + 1}`).toSorted())
    },
  )

  for (const walked of ['read', 'follow'] as const) {
    it(`J9 a ${walked} that started before the close yields at most the rest of its page`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      await store.append(owner, STREAM, numberedEntries(1, 5))
      const iterator = store[walked](owner, STREAM, { pageSize: 2 })[Symbol.asyncIterator]()
      assert.notEqual((await iterator.next()).done, true)
      await store.close()
      await assertFails('store_closed', async () => {
        for (let step = 0; step < 2; step += 1) await iterator.next()
      })
    })
  }

  itIfShared('J9 closing one store leaves the others open', async ({ store, open }) => {
    const other = await open()
    const owner = freshIdentity()
    await appendTexts(store, owner, ['before'])
    await store.close()
    await appendTexts(other, owner, ['after'])
    await assertHolds(other, owner, ['before', 'after'])
  })
}
