import assert from 'node:assert/strict'
import { commitTogether, newEventId, type Owner } from '@harborage/core'
import type { JournalStore, NewEntry } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { dumpOf, fillStream, maintenance, ofTenant } from './support/dumps.ts'
import {
  appendTexts,
  assertHolds,
  newEntry,
  numberedEntries,
  outcomesOf,
  STREAM,
  textsIn,
} from './support/entries.ts'
import { appendExpired, assertHidden, headOf } from './support/expiring.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** More bytes than an append shares with others. */
const LARGE = 64 * 1024

/** The ways to append to a stream. */
const ways: Readonly<
  Record<
    string,
    (store: JournalStore, owner: Owner, entries: readonly NewEntry[]) => Promise<unknown>
  >
> = {
  append: (store, owner, entries) => store.append(owner, STREAM, entries),
  'append with an expiry': (store, owner, entries) =>
    store.append(owner, STREAM, entries, { expiresAt: FUTURE }),
  'append after position 0': (store, owner, entries) =>
    store.append(owner, STREAM, entries, { ifPosition: 0 }),
  'large append': (store, owner, entries) =>
    store.append(
      owner,
      STREAM,
      entries.map((entry) => ({ ...entry, bytes: padded(entry.bytes) })),
    ),
  step: (store, owner, entries) =>
    commitTogether({ parts: { append: store.prepare.append(owner, STREAM, entries) } }),
}

/** Registers the cases of J14 about what comes after an expiry. */
export function beginningAnew({ it, callers }: JournalCases): void {
  for (const [name, append] of Object.entries(ways)) {
    it(`J14 an ${name} to a stream that has expired begins it anew after its positions`, async ({
      store,
    }) => {
      const owner = freshIdentity()
      const { entries: expired, head: before } = await appendExpired(store, owner, ['1', '2'])
      await append(store, owner, numberedEntries(3, 4))
      const head = await headOf(store, owner)
      assert.notEqual(head.generation, before.generation)
      assert.deepEqual([head.first, head.position, head.length], [3, 4, 2])
      assert.deepEqual(head.expiresAt, name === 'append with an expiry' ? FUTURE : undefined)
      const texts = await textsIn(store, owner)
      assert.deepEqual(
        texts.map((text) => text.trim()),
        ['3', '4'],
      )
      const held = await store.get(
        owner,
        STREAM,
        expired.map(({ entryId }) => entryId),
      )
      assert.deepEqual(held, [undefined, undefined])
      const rows = await dumpOf(store, owner.tenantId)
      assert.deepEqual(
        rows.map(({ kind, position }) => [kind, position]),
        [
          ['stream', undefined],
          ['dropped', -2],
          ['dropped', -1],
          ['entry', 3],
          ['entry', 4],
        ],
      )
    })
  }

  it('J14 the ids of what has expired are appended no more, before and after it begins anew', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const expired = await appendExpired(store, owner, ['1', '2'])
    const retries = [{}, { ifPosition: 0 }, { ifPosition: 2 }, { expiresAt: FUTURE }]
    for (const options of retries) {
      const { entries } = await store.append(owner, STREAM, expired.entries, options)
      assert.deepEqual(outcomesOf(entries), ['superseded at 1', 'superseded at 2'])
      await assertHidden(store, owner, expired)
    }
    const longer = [...expired.entries, newEntry('3')]
    for (const outcome of ['appended', 'unchanged']) {
      const { entries } = await store.append(owner, STREAM, longer)
      assert.deepEqual(outcomesOf(entries), [
        'superseded at 1',
        'superseded at 2',
        `${outcome} at 3`,
      ])
      await assertHolds(store, owner, ['3'])
    }
    for (const options of retries) {
      const { entries } = await store.append(owner, STREAM, expired.entries, options)
      assert.deepEqual(outcomesOf(entries), ['superseded at 1', 'superseded at 2'])
    }
    await assertHolds(store, owner, ['3'])
    assert.equal((await headOf(store, owner)).expiresAt, undefined)
  })

  it('J14 a stream that expires again and again remembers what it dropped', async ({ store }) => {
    const owner = freshIdentity()
    await fillStream(store, owner)
    const all: NewEntry[] = []
    for (const text of ['a', 'b', 'c'])
      all.push(...(await appendExpired(store, owner, [text])).entries)
    await appendTexts(store, owner, ['d'])
    const { entries } = await store.append(owner, STREAM, all)
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['superseded', 'superseded', 'superseded'],
    )
    await assertHolds(store, owner, ['d'])
  })

  it('J14 a condition takes a stream that has expired for absent', async ({ store }) => {
    const owner = freshIdentity()
    const expired = await appendExpired(store, owner, ['1', '2'])
    const replacing = (ifPosition: number) =>
      store.replaceAfter({
        owner,
        stream: STREAM,
        position: 0,
        entries: [newEntry('3')],
        operationId: newEventId(),
        ifPosition,
      })
    await assertFails('condition_failed', () =>
      store.append(owner, STREAM, [newEntry('3')], { ifPosition: 2 }),
    )
    await assertFails('condition_failed', () => replacing(2))
    await assertHidden(store, owner, expired)
    const head = await replacing(0)
    assert.deepEqual([head.first, head.position, head.length], [3, 4, 1])
    assert.deepEqual(await headOf(store, owner), head)
    await assertHolds(store, owner, ['3'])
  })

  it('J14 a replacement of what has expired is made once, and may bring entries back', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const [first] = numberedEntries(1, 1)
    assert.ok(first !== undefined)
    await store.append(owner, STREAM, [first])
    const replacement = {
      owner,
      stream: STREAM,
      position: 0,
      entries: [newEntry('instead')],
      operationId: newEventId(),
      ifPosition: 1,
    }
    await store.replaceAfter(replacement)
    const expired = await appendExpired(store, owner, ['last'])
    await store.replaceAfter(replacement)
    await assertHidden(store, owner, expired)
    const back = { ...replacement, entries: [first], operationId: newEventId(), ifPosition: 0 }
    const head = await store.replaceAfter(back)
    for (const each of [back, replacement]) assert.deepEqual(await store.replaceAfter(each), head)
    await assertHolds(store, owner, ['1'])
  })

  it('J14 a part of a step sees the expiry that an earlier one has given', async ({ store }) => {
    const owner = freshIdentity()
    await commitTogether({
      parts: {
        first: store.prepare.append(owner, STREAM, [newEntry('1')], { expiresAt: PAST }),
        second: store.prepare.append(owner, STREAM, [newEntry('2')]),
      },
    })
    await assertHolds(store, owner, ['2'])
    const { second } = await commitTogether({
      parts: {
        first: store.prepare.append(owner, STREAM, [newEntry('3')], { expiresAt: FUTURE }),
        second: store.prepare.append(owner, STREAM, [newEntry('4')]),
      },
    })
    assert.deepEqual(second.head.expiresAt, FUTURE)
    await assertHolds(store, owner, ['2', '3', '4'])
  })

  it(`J14 of ${callers} appends to a stream that has expired each is kept, in one generation`, async ({
    store,
  }) => {
    for (const options of [{}, { expiresAt: FUTURE }]) {
      const owner = freshIdentity()
      await appendExpired(store, owner, ['1', '2', '3'])
      const appended = await Promise.all(
        Array.from({ length: callers }, (_, caller) =>
          store.append(owner, STREAM, [newEntry(`${caller}`)], options),
        ),
      )
      assert.equal(new Set(appended.map(({ head }) => head.generation)).size, 1)
      assert.equal((await textsIn(store, owner)).length, callers)
      const head = await headOf(store, owner)
      assert.deepEqual([head.first, head.position, head.length], [4, callers + 3, callers])
    }
  })

  it('J14 what is appended beside an append that expires is kept or hidden as a whole', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await appendTexts(store, owner, ['first'])
    const heads = await Promise.all([
      ...Array.from({ length: callers }, (_, caller) => appendTexts(store, owner, [`${caller}`])),
      store.append(owner, STREAM, [newEntry('expires')], { expiresAt: PAST }),
      ...Array.from({ length: callers }, (_, caller) =>
        appendTexts(store, owner, [`late ${caller}`]),
      ),
    ])
    const head = await store.head(owner, STREAM)
    const kept = heads.filter((each) => each.head.generation === head?.generation)
    assert.equal((await textsIn(store, owner)).length, kept.length)
  })

  it('J14 a stream that has expired is dumped, and loaded as such', async ({ store }) => {
    const owner = freshIdentity()
    await fillStream(store, owner)
    const expired = await appendExpired(store, owner)
    const records = await dumpOf(store, owner.tenantId)
    const { tenantId } = freshIdentity()
    const copies = records.map((record) => ofTenant(record, tenantId))
    const [head] = copies
    assert.ok(head?.kind === 'stream')
    assert.deepEqual(head.head.expiresAt, PAST)
    for (const outcome of ['loaded', 'unchanged'] as const) {
      const answer = await store.loadDump(maintenance, copies)
      assert.equal(answer[outcome], copies.length)
    }
    const other = { ...head, head: { ...head.head, expiresAt: FUTURE } }
    await assertFails('dump_conflict', () => store.loadDump(maintenance, [other]))
    const copy = { ...owner, tenantId }
    await assertHidden(store, copy, expired)
    const { entries } = await store.append(copy, STREAM, expired.entries)
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['superseded'],
    )
    await appendTexts(store, copy, ['new'])
    await assertHolds(store, copy, ['new'])
  })
}

/** Returns bytes with many spaces behind them. */
function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(LARGE).fill(32)
  all.set(bytes)
  return all
}
