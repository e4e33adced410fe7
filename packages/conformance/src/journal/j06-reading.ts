import assert from 'node:assert/strict'
import { newEventId } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import {
  appendTexts,
  assertHolds,
  newEntry,
  numberedEntries,
  STREAM,
  textsIn,
  textsOf,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'
import { replacing } from './j05-replace.ts'

const MIB = 1024 * 1024

/** Registers the cases of J6: reads in pages, in either order. */
export function reading({ it, many }: JournalCases): void {
  it('J6 reads yield the entries of a range in either order, up to a limit', async ({ store }) => {
    const owner = freshIdentity()
    await store.append(owner, STREAM, numberedEntries(1, 7))
    for (const pageSize of [1, 2, 3, 100]) {
      assert.deepEqual(await textsIn(store, owner, { pageSize }), [
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
      ])
      const newest = { order: 'descending', limit: 3, pageSize } as const
      assert.deepEqual(await textsIn(store, owner, newest), ['7', '6', '5'])
      const range = { from: 3, to: 6, pageSize }
      assert.deepEqual(await textsIn(store, owner, range), ['3', '4', '5'])
      assert.deepEqual(await textsIn(store, owner, { ...range, order: 'descending' }), [
        '5',
        '4',
        '3',
      ])
      assert.deepEqual(await textsIn(store, owner, { ...range, limit: 2 }), ['3', '4'])
      assert.deepEqual(await textsIn(store, owner, { from: 8, pageSize }), [])
      assert.deepEqual(await textsIn(store, owner, { from: 5, to: 2, pageSize }), [])
      assert.deepEqual(await textsIn(store, owner, { limit: 0, pageSize }), [])
    }
    assert.deepEqual(await textsIn(store, freshIdentity()), [])
  })

  it('J6 replacements are not among the entries, nor do they count in a limit', async ({
    store,
  }) => {
    const owner = freshIdentity()
    let { position } = (await appendTexts(store, owner, ['a', 'b'])).head
    for (const text of ['c', 'd', 'e']) {
      await store.replaceAfter(replacing(owner, position, position, [newEntry(text)]))
      position += 2
    }
    const newest = { order: 'descending', limit: 3, pageSize: 2 } as const
    assert.deepEqual(await textsIn(store, owner, newest), ['e', 'd', 'c'])
    assert.deepEqual(await textsIn(store, owner, { pageSize: 2 }), ['a', 'b', 'c', 'd', 'e'])
  })

  it('J6 get returns the entries of ids in their order, and undefined for others', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const entries = numberedEntries(1, 3)
    await store.append(owner, STREAM, entries)
    const [first, second, third] = entries
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    await store.trim(owner, STREAM, { before: 2 })
    const ids = [third, first, second, third].map(({ entryId }) => entryId)
    const found = await store.get(owner, STREAM, [...ids, newEventId()])
    assert.deepEqual(
      found.map((entry) => entry?.position),
      [3, undefined, 2, 3, undefined],
    )
    assert.deepEqual(await store.get(owner, STREAM, []), [])
    assert.deepEqual(await store.get(freshIdentity(), STREAM, ids.slice(0, 1)), [undefined])
  })

  it('J6 get of more than 64 MiB is too large', async ({ store }) => {
    const owner = freshIdentity()
    const entries = Array.from({ length: 5 }, () => ({
      entryId: newEventId(),
      bytes: new Uint8Array(13 * MIB),
    }))
    for (const entry of entries) await store.append(owner, STREAM, [entry])
    const ids = entries.map(({ entryId }) => entryId)
    await assertFails('result_too_large', () => store.get(owner, STREAM, ids))
    const found = await store.get(owner, STREAM, ids.slice(0, 4))
    assert.ok(found.every((entry) => entry?.bytes.byteLength === 13 * MIB))
  })

  it('J6 entries that are larger than a page are read in either order', async ({ store }) => {
    const owner = freshIdentity()
    const sizes = [9, 0, 3, 3, 3, 0, 10]
    for (const [index, size] of sizes.entries()) {
      const bytes = new Uint8Array(size * MIB).fill(index)
      await store.append(owner, STREAM, [{ entryId: newEventId(), bytes }])
    }
    const read: number[] = []
    for await (const { bytes } of store.read(owner, STREAM, { pageSize: 3 })) {
      read.push(bytes.byteLength / MIB)
    }
    assert.deepEqual(read, sizes)
    const backwards: number[] = []
    for await (const { bytes } of store.read(owner, STREAM, { order: 'descending' })) {
      backwards.push(bytes.byteLength / MIB)
    }
    assert.deepEqual(backwards, sizes.toReversed())
  })

  it(`J6 ${many} entries are read once each, while others are appended`, async ({ store }) => {
    const owner = freshIdentity()
    const all = numberedEntries(1, many)
    for (let from = 0; from < many; from += 1_000) {
      await store.append(owner, STREAM, all.slice(from, from + 1_000))
    }
    const texts: string[] = []
    for await (const entry of store.read(owner, STREAM, { to: many + 1 })) {
      texts.push(...textsOf([entry]))
      if (texts.length % 100 === 0) await appendTexts(store, owner, ['later'])
    }
    assert.deepEqual(
      texts,
      all.map((_, index) => `${index + 1}`),
    )
  })

  it('J6 an entry that stays is read once, while others are dropped', async ({ store }) => {
    const owner = freshIdentity()
    await store.append(owner, STREAM, numberedEntries(1, 20))
    const texts: string[] = []
    for await (const entry of store.read(owner, STREAM, { pageSize: 2 })) {
      texts.push(...textsOf([entry]))
      if (entry.position === 3) await store.trim(owner, STREAM, { before: 9 })
      if (entry.position === 11) {
        await store.replaceAfter(replacing(owner, 15, 20, [newEntry('new')]))
      }
    }
    const stays = ['9', '10', '11', '12', '13', '14', '15', 'new']
    assert.deepEqual(
      texts.filter((text) => stays.includes(text)),
      stays,
    )
  })

  it('J6 a read of a stream that is deleted meanwhile ends, also if another one begins', async ({
    store,
  }) => {
    for (const order of ['ascending', 'descending'] as const) {
      const owner = freshIdentity()
      await store.append(owner, STREAM, numberedEntries(1, 9))
      const texts: string[] = []
      for await (const entry of store.read(owner, STREAM, { pageSize: 2, order })) {
        texts.push(...textsOf([entry]))
        if (texts.length !== 2) continue
        await store.delete(owner, STREAM)
        await appendTexts(
          store,
          owner,
          Array.from({ length: 9 }, () => 'another'),
        )
      }
      assert.deepEqual(texts, order === 'ascending' ? ['1', '2'] : ['9', '8'])
      assert.equal((await store.head(owner, STREAM))?.length, 9)
    }
  })

  it('J6 what a reader changes of an entry stays with the reader', async ({ store }) => {
    const owner = freshIdentity()
    const { entries } = await appendTexts(store, owner, ['a'])
    assert.equal(entries.length, 1)
    const [entry] = await collect(store.read(owner, STREAM))
    assert.ok(entry !== undefined)
    entry.bytes.fill(0)
    entry.createdAt.setTime(0)
    await assertHolds(store, owner, ['a'])
    const [again] = await collect(store.read(owner, STREAM))
    assert.notEqual(again?.createdAt.getTime(), 0)
  })
}
