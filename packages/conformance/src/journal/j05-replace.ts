import assert from 'node:assert/strict'
import { newEventId, type RunIdentity } from '@harborage/core'
import type { JournalStore, NewEntry, Replacement } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { race, tally } from '../support/race.ts'
import { bytesOf } from '../support/text-bytes.ts'
import {
  appendTexts,
  assertHolds,
  newEntry,
  numberedEntries,
  outcomesOf,
  STREAM,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J5: a replacement drops and appends in one step. */
export function replacement({ it, itIfShared, itIfDurable, callers }: JournalCases): void {
  it('J5 a replacement drops what is after a position, takes one itself, and appends', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const { head: before } = await appendTexts(store, owner, ['a', 'b', 'c'])
    const head = await store.replaceAfter(replacing(owner, 1, 3, [newEntry('d'), newEntry('e')]))
    const { updatedAt: _, ...after } = head
    const { generation } = before
    assert.deepEqual(after, { generation, first: 1, position: 6, length: 3, expiresAt: undefined })
    assert.deepEqual(await store.head(owner, STREAM), head)
    const entries = await collect(store.read(owner, STREAM))
    assert.deepEqual(
      entries.map(({ position }) => position),
      [1, 5, 6],
    )
    await assertHolds(store, owner, ['a', 'd', 'e'])
  })

  it('J5 a replacement may drop everything, nothing, and append nothing', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    await store.replaceAfter(replacing(owner, 2, 2, []))
    await assertHolds(store, owner, ['a', 'b'])
    await store.replaceAfter(replacing(owner, 0, 3, []))
    await assertHolds(store, owner, [])
    assert.equal((await store.head(owner, STREAM))?.position, 4)
    await appendTexts(store, owner, ['c'])
    await assertHolds(store, owner, ['c'])
  })

  it('J5 a replacement of nothing begins a stream', async ({ store }) => {
    const owner = freshIdentity()
    const head = await store.replaceAfter(replacing(owner, 0, 0, [newEntry('a')]))
    assert.equal(head.position, 2)
    await assertHolds(store, owner, ['a'])
  })

  it('J5 the newest entry is removed again and again by replacements', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b', 'c', 'd'])
    for (const left of [['a', 'b', 'c'], ['a', 'b'], ['a'], []]) {
      const [newest] = await collect(store.read(owner, STREAM, { order: 'descending', limit: 1 }))
      const { position = 0 } = (await store.head(owner, STREAM)) ?? {}
      assert.ok(newest !== undefined)
      await store.replaceAfter(replacing(owner, newest.position - 1, position, []))
      await assertHolds(store, owner, left)
    }
  })

  it('J5 a replacement of another head fails, and nothing is changed', async ({ store }) => {
    const owner = freshIdentity()
    await assertFails('condition_failed', () =>
      store.replaceAfter(replacing(owner, 0, 1, [newEntry('never')])),
    )
    await appendTexts(store, owner, ['a', 'b'])
    for (const ifPosition of [0, 1, 3]) {
      await assertFails('condition_failed', () =>
        store.replaceAfter(replacing(owner, 0, ifPosition, [newEntry('never')])),
      )
    }
    await assertHolds(store, owner, ['a', 'b'])
  })

  it('J5 a repeated replacement changes nothing, and one with the same id is a conflict', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    const entry = newEntry('c')
    const made = replacing(owner, 1, 2, [entry])
    await store.replaceAfter(made)
    const { head } = await appendTexts(store, owner, ['d'])
    assert.deepEqual(await store.replaceAfter(made), head)
    for (const other of [
      { ...made, position: 0 },
      { ...made, entries: [] },
      { ...made, entries: [{ ...entry, bytes: bytesOf('C') }] },
      { ...made, entries: [{ ...entry, type: 'another' }] },
      { ...made, entries: [entry, newEntry('more')] },
    ]) {
      await assertFails('idempotency_conflict', () => store.replaceAfter(other))
    }
    await assertHolds(store, owner, ['a', 'c', 'd'])
  })

  it('J5 the newest 16 operation ids are remembered', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['kept'])
    const made: Replacement[] = []
    for (let index = 0; index < 16; index += 1) {
      const { position = 0 } = (await store.head(owner, STREAM)) ?? {}
      const each = replacing(owner, 1, position, [newEntry(`${index}`)])
      await store.replaceAfter(each)
      made.push(each)
    }
    for (const each of made) await store.replaceAfter(each)
    await assertHolds(store, owner, ['kept', '15'])
  })

  it('J5 dropped ids may come back in a replacement, and ids that stay may not', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const [a, b, c] = [newEntry('a'), newEntry('b'), newEntry('c')]
    await store.append(owner, STREAM, [a, b, c])
    await assertFails('idempotency_conflict', () =>
      store.replaceAfter(replacing(owner, 2, 3, [newEntry('new'), b])),
    )
    const changed = { ...b, bytes: bytesOf('b, edited') }
    await store.replaceAfter(replacing(owner, 1, 3, [changed, c]))
    await assertHolds(store, owner, ['a', 'b, edited', 'c'])
    const { entries } = await store.append(owner, STREAM, [changed, c])
    assert.deepEqual(outcomesOf(entries), ['unchanged at 5', 'unchanged at 6'])
    await store.replaceAfter(replacing(owner, 0, 6, []))
    await store.replaceAfter(replacing(owner, 0, 7, [a]))
    await assertHolds(store, owner, ['a'])
    assert.deepEqual(await store.get(owner, STREAM, [b.entryId]), [undefined])
  })

  it('J5 more entries are dropped than ids are remembered', async ({ store }) => {
    const owner = freshIdentity()
    const entries = [numberedEntries(1, 900), numberedEntries(901, 1_400)]
    for (const each of entries) await store.append(owner, STREAM, each)
    const head = await store.replaceAfter(replacing(owner, 2, 1_400, [newEntry('new')]))
    assert.deepEqual([head.position, head.length], [1_402, 3])
    await assertHolds(store, owner, ['1', '2', 'new'])
    const newest = entries.flat().slice(-1)
    const { entries: outcomes } = await store.append(owner, STREAM, newest)
    assert.deepEqual(outcomesOf(outcomes), ['superseded at 1400'])
  })

  it(`J5 of ${callers} replacements of the same head one wins`, async ({ store }) => {
    await assertOneWins([store], callers)
  })

  itIfShared(`J5 of ${callers} replacements of two stores one wins`, async ({ store, open }) => {
    await assertOneWins([store, await open()], callers)
  })

  it('J5 a reader sees a replacement as a whole or not at all', async ({ store }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['kept', 'old', 'old', 'old'])
    let position = 4
    let isDone = false
    const read = async (): Promise<void> => {
      while (!isDone) {
        const entries = await collect(store.read(owner, STREAM))
        const texts = entries.map(({ bytes }) => Buffer.from(bytes).toString())
        assert.equal(texts[0], 'kept')
        assert.equal(new Set(texts.slice(1)).size, 1, `${texts.join()} is of one replacement`)
        assert.equal(texts.length, 4)
      }
    }
    const write = async (): Promise<void> => {
      for (let index = 0; index < 10; index += 1) {
        const entries = [1, 2, 3].map(() => newEntry(`${index}`))
        position = (await store.replaceAfter(replacing(owner, 1, position, entries))).position
      }
      isDone = true
    }
    await Promise.all([write().finally(() => (isDone = true)), read()])
  })

  itIfDurable('J5 a reopened store knows a replacement', async ({ store, open }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['a', 'b'])
    const made = replacing(owner, 1, 2, [newEntry('c')])
    const head = await store.replaceAfter(made)
    await store.close()
    const reopened = await open()
    assert.deepEqual(await reopened.replaceAfter(made), head)
    await assertHolds(reopened, owner, ['a', 'c'])
  })
}

/** Returns a replacement with a new operation id. */
export function replacing(
  owner: RunIdentity,
  position: number,
  ifPosition: number,
  entries: readonly NewEntry[],
): Replacement {
  return { owner, stream: STREAM, position, entries, operationId: newEventId(), ifPosition }
}

async function assertOneWins(stores: readonly JournalStore[], callers: number): Promise<void> {
  const owner = freshIdentity()
  const [first] = stores
  assert.ok(first !== undefined)
  await appendTexts(first, owner, ['a', 'b'])
  const answers = await race(callers, async (caller) => {
    const store = stores[caller % stores.length] ?? first
    await store.replaceAfter(replacing(owner, 1, 2, [newEntry(`${caller}`)]))
    return 'won'
  })
  assert.deepEqual(tally(answers), { won: 1, condition_failed: callers - 1 })
  await assertHolds(first, owner, ['a', `${answers.indexOf('won')}`])
}
