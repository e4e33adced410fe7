import assert from 'node:assert/strict'
import { isHarborageError, newEventId, parseEventId } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { bytesOf } from '../support/text-bytes.ts'
import {
  assertHolds,
  newEntry,
  numberedEntries,
  outcomesOf,
  STREAM,
  textsIn,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J3: an append with the same ids is applied once. */
export function idempotency({ it, itIfShared, itIfDurable, callers }: JournalCases): void {
  it('J3 a repeated append is unchanged and answers its positions', async ({ store }) => {
    const owner = freshIdentity()
    const [a, b, c] = [newEntry('a'), newEntry('b'), newEntry('c')]
    await store.append(owner, STREAM, [a, b])
    await store.append(owner, STREAM, [c])
    const { head, entries } = await store.append(owner, STREAM, [a, b])
    assert.deepEqual(outcomesOf(entries), ['unchanged at 1', 'unchanged at 2'])
    assert.equal(head.position, 3)
    assert.deepEqual(outcomesOf((await store.append(owner, STREAM, [b])).entries), [
      'unchanged at 2',
    ])
    await assertHolds(store, owner, ['a', 'b', 'c'])
  })

  it('J3 an append that was extended appends only what is new', async ({ store }) => {
    const owner = freshIdentity()
    const [a, b, c] = [newEntry('a'), newEntry('b'), newEntry('c')]
    await store.append(owner, STREAM, [a])
    await store.append(owner, STREAM, [newEntry('x')])
    const { entries, head } = await store.append(owner, STREAM, [a, b, c])
    assert.deepEqual(outcomesOf(entries), ['unchanged at 1', 'appended at 3', 'appended at 4'])
    assert.equal(head.length, 4)
    await assertHolds(store, owner, ['a', 'x', 'b', 'c'])
  })

  it('J3 an entry that is held behind a new one is a conflict, and nothing is appended', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const [a, b, c] = [newEntry('a'), newEntry('b'), newEntry('c')]
    await store.append(owner, STREAM, [a, b])
    for (const entries of [
      [c, a],
      [a, c, b],
    ]) {
      await assertFails('idempotency_conflict', () => store.append(owner, STREAM, entries))
    }
    await assertHolds(store, owner, ['a', 'b'])
  })

  it('J3 an id with another content or type is a conflict that names the entry', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const [a, b] = [newEntry('a'), newEntry('b')]
    await store.append(owner, STREAM, [a, b])
    for (const other of [
      { ...b, bytes: bytesOf('B') },
      { ...b, bytes: bytesOf('bb') },
      { ...b, bytes: new Uint8Array() },
      { ...b, type: 'another' },
    ]) {
      const error: unknown = await store
        .append(owner, STREAM, [a, other, newEntry('c')])
        .catch((failure: unknown) => failure)
      assert.ok(isHarborageError(error))
      assert.equal(error.code, 'idempotency_conflict')
      assert.deepEqual(error.entry, { list: 'entries', index: 1 })
    }
    await assertHolds(store, owner, ['a', 'b'])
  })

  it('J3 another date is no other content', async ({ store }) => {
    const owner = freshIdentity()
    const entry = { ...newEntry('a'), createdAt: new Date(1_000) }
    await store.append(owner, STREAM, [entry])
    const later = { ...entry, createdAt: new Date(2_000) }
    const { entries } = await store.append(owner, STREAM, [later])
    assert.deepEqual(outcomesOf(entries), ['unchanged at 1'])
    const [kept] = await collect(store.read(owner, STREAM))
    assert.deepEqual(kept?.createdAt, new Date(1_000))
  })

  it('J3 every part of an entry is kept as it was, with any id', async ({ store }) => {
    const owner = freshIdentity()
    const ids = ['#1', '##', '#', '1', ' ', 'ID', 'id', '\u00e9', 'x'.repeat(128)].map(parseEventId)
    const entries = ids.map((entryId, index) => ({
      entryId,
      type: index === 0 ? '' : `type ${index}`,
      bytes: Uint8Array.from({ length: index * 50 }, (_, place) => place),
      createdAt: new Date(index === 0 ? -1 : index * 1_000_000_007),
    }))
    await store.append(owner, STREAM, entries)
    const expected = entries.map((entry, index) => ({ ...entry, position: index + 1 }))
    assert.deepEqual(await collect(store.read(owner, STREAM)), expected)
    assert.deepEqual(await store.get(owner, STREAM, ids), expected)
    const repeated = await store.append(owner, STREAM, entries)
    assert.ok(repeated.entries.every(({ outcome }) => outcome === 'unchanged'))
  })

  it('J3 an entry of 1 MiB and 1,000 entries are appended and found again', async ({ store }) => {
    const owner = freshIdentity()
    const large = { entryId: newEventId(), bytes: new Uint8Array(1024 * 1024).fill(7) }
    const many = numberedEntries(1, 1_000)
    for (const entries of [[large], many]) {
      await store.append(owner, STREAM, entries)
      const repeated = await store.append(owner, STREAM, entries)
      assert.ok(repeated.entries.every(({ outcome }) => outcome === 'unchanged'))
    }
    assert.equal((await store.head(owner, STREAM))?.length, 1_001)
    const [first] = await collect(store.read(owner, STREAM, { limit: 1 }))
    assert.deepEqual(first?.bytes, large.bytes)
  })

  it(`J3 ${callers} concurrent appends of the same entries append them once`, async ({ store }) => {
    const owner = freshIdentity()
    const entries = numberedEntries(1, 3)
    const answers = await Promise.all(
      Array.from({ length: callers }, () => store.append(owner, STREAM, entries)),
    )
    const appended = answers.filter(({ entries: [first] }) => first?.outcome === 'appended')
    assert.equal(appended.length, 1)
    for (const { entries: positions } of answers) {
      assert.deepEqual(
        positions.map(({ position }) => position),
        [1, 2, 3],
      )
    }
    await assertHolds(store, owner, ['1', '2', '3'])
  })

  it('J3 one append that fails does not fail those that are made with it', async ({ store }) => {
    const owner = freshIdentity()
    const held = newEntry('held')
    await store.append(owner, STREAM, [held])
    const outcomes = await Promise.allSettled(
      Array.from({ length: callers }, (_, caller) => {
        if (caller % 4 === 1) return store.append(owner, STREAM, [held])
        if (caller % 4 === 2) return store.append(owner, STREAM, [{ ...held, type: 'another' }])
        if (caller % 4 === 3) {
          return store.append(owner, STREAM, [newEntry('never')], { ifPosition: 0 })
        }
        return store.append(owner, STREAM, [newEntry(`${caller}`)])
      }),
    )
    for (const [caller, { status }] of outcomes.entries()) {
      assert.equal(status, caller % 4 < 2 ? 'fulfilled' : 'rejected', `caller ${caller}`)
    }
    const texts = await textsIn(store, owner)
    const expected = Array.from({ length: callers / 4 }, (_, index) => `${index * 4}`)
    assert.deepEqual(texts.toSorted(), ['held', ...expected].toSorted())
  })

  it('J3 the ids of dropped entries are remembered: a late retry is superseded', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const entries = numberedEntries(1, 6)
    await store.append(owner, STREAM, entries)
    await store.trim(owner, STREAM, { before: 3 })
    await store.replaceAfter({
      owner,
      stream: STREAM,
      position: 4,
      entries: [],
      operationId: newEventId(),
      ifPosition: 6,
    })
    const { entries: outcomes } = await store.append(owner, STREAM, entries)
    assert.deepEqual(outcomesOf(outcomes), [
      'superseded at 1',
      'superseded at 2',
      'unchanged at 3',
      'unchanged at 4',
      'superseded at 5',
      'superseded at 6',
    ])
    await assertHolds(store, owner, ['3', '4'])
  })

  it('J3 at least the newest 1,024 dropped ids are remembered', async ({ store }) => {
    const owner = freshIdentity()
    const batches = [numberedEntries(1, 1_000), numberedEntries(1_001, 1_500)]
    for (const entries of batches) await store.append(owner, STREAM, entries)
    assert.equal(await store.trim(owner, STREAM, { before: 1_501 }), 1_500)
    for (const entry of batches
      .flat()
      .slice(-1_024)
      .filter((_, index) => index % 100 === 0)) {
      const { entries } = await store.append(owner, STREAM, [entry])
      assert.equal(entries[0]?.outcome, 'superseded')
    }
    await assertHolds(store, owner, [])
  })

  itIfShared('J3 another store knows the ids as well', async ({ store, open }) => {
    const other = await open()
    const owner = freshIdentity()
    const entries = numberedEntries(1, 2)
    await store.append(owner, STREAM, entries)
    const repeated = await other.append(owner, STREAM, entries)
    assert.deepEqual(outcomesOf(repeated.entries), ['unchanged at 1', 'unchanged at 2'])
    await assertHolds(store, owner, ['1', '2'])
  })

  itIfDurable('J3 a reopened store knows the ids as well', async ({ store, open }) => {
    const owner = freshIdentity()
    const entries = numberedEntries(1, 3)
    await store.append(owner, STREAM, entries)
    await store.trim(owner, STREAM, { before: 2 })
    await store.close()
    const reopened = await open()
    const repeated = await reopened.append(owner, STREAM, entries)
    assert.deepEqual(outcomesOf(repeated.entries), [
      'superseded at 1',
      'unchanged at 2',
      'unchanged at 3',
    ])
    await assertHolds(reopened, owner, ['2', '3'])
  })
}
