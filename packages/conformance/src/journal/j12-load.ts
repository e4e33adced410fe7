import assert from 'node:assert/strict'
import { allOfTenant, isHarborageError, newEventId, type RunIdentity } from '@harborage/core'
import type { DumpedRecord, JournalStore, Replacement } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { comparable, dumpOf, fillStream, maintenance, ofTenant, ownersOf } from './support/dumps.ts'
import {
  newEntry,
  numberedEntries,
  outcomesOf,
  seen,
  STREAM,
  take,
  textsIn,
} from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J12: a stream that is loaded elsewhere goes on as at its source. */
export function load({ it }: JournalCases): void {
  it('J12 what was dumped and loaded has the same heads, positions, ids, dates and bytes', async ({
    store,
  }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    for (const owner of ownersOf(from.tenantId)) await fillStream(store, owner)
    const records = await dumpOf(store, from.tenantId)
    const moved = records.map((record) => ofTenant(record, to.tenantId))
    for (const part of [moved.slice(0, 7), moved.slice(7)]) {
      const answer = await store.loadDump(maintenance, part)
      assert.deepEqual(answer, { loaded: part.length, unchanged: 0 })
    }
    assert.deepEqual(comparable(await dumpOf(store, to.tenantId)), comparable(records))
    const targets = ownersOf(to.tenantId)
    for (const [index, owner] of ownersOf(from.tenantId).entries()) {
      const target = targets[index]
      assert.ok(target !== undefined)
      assert.deepEqual(await store.head(target, STREAM), await store.head(owner, STREAM))
      for (const order of ['ascending', 'descending'] as const) {
        const expected = await collect(store.read(owner, STREAM, { order }))
        assert.deepEqual(await collect(store.read(target, STREAM, { order })), expected)
      }
    }
    const users = await collect(store.users(allOfTenant({ tenantId: to.tenantId })))
    assert.equal(users.length, 1)
    const heads = async (tenantId: string) =>
      (await collect(store.streams(allOfTenant({ tenantId })))).map(({ stream, head }) => [
        stream,
        head,
      ])
    assert.deepEqual(await heads(to.tenantId), await heads(from.tenantId))
    const recent = { order: 'recent' } as const
    const within = allOfTenant({ tenantId: to.tenantId })
    assert.equal((await collect(store.streams(within, recent))).length, 4)
  })

  it('J12 a retried append is unchanged, and one of dropped entries superseded', async ({
    store,
  }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    const entries = numberedEntries(1, 6)
    await store.append(from, STREAM, entries)
    await store.trim(from, STREAM, { before: 3 })
    await move(store, from.tenantId, to.tenantId)
    const retried = async (owner: RunIdentity) =>
      outcomesOf((await store.append(owner, STREAM, entries)).entries)
    assert.deepEqual(await retried(to), await retried(from))
    assert.deepEqual(await textsIn(store, to), ['3', '4', '5', '6'])
    const [first] = entries
    assert.ok(first !== undefined)
    const [, , third] = entries
    assert.ok(third !== undefined)
    const other = { ...third, bytes: bytesOf('other') }
    await assertFails('idempotency_conflict', () => store.append(to, STREAM, [other]))
    assert.deepEqual(outcomesOf((await store.append(to, STREAM, [first])).entries), [
      'superseded at 1',
    ])
    const found = await store.get(to, STREAM, [third.entryId, first.entryId])
    assert.deepEqual(
      found.map((entry) => entry?.position),
      [3, undefined],
    )
  })

  it('J12 appends, conditions and replacements go on from the head', async ({ store }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    await fillStream(store, from)
    const head = await store.head(from, STREAM)
    assert.ok(head !== undefined)
    await move(store, from.tenantId, to.tenantId)
    const { position } = head
    const append = (ifPosition: number) =>
      store.append(to, STREAM, [newEntry('next')], { ifPosition })
    await assertFails('condition_failed', () => append(position - 1))
    assert.equal((await append(position)).head.position, position + 1)
    const replaced = await store.replaceAfter({
      owner: to,
      stream: STREAM,
      position,
      entries: [],
      operationId: newEventId(),
      ifPosition: position + 1,
    })
    assert.equal(replaced.length, head.length)
    assert.equal(await store.trim(to, STREAM, { before: position }), head.length - 1)
    assert.equal(await store.delete(to, STREAM), true)
    assert.equal(await store.head(to, STREAM), undefined)
    assert.deepEqual(await dumpOf(store, to.tenantId), [])
    assert.deepEqual(await store.head(from, STREAM), head)
  })

  it('J12 a retried replacement is recognized', async ({ store }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    await store.append(from, STREAM, numberedEntries(1, 3))
    const replacement: Omit<Replacement, 'owner'> = {
      stream: STREAM,
      position: 1,
      entries: [newEntry('instead')],
      operationId: newEventId(),
      ifPosition: 3,
    }
    const head = await store.replaceAfter({ ...replacement, owner: from })
    await move(store, from.tenantId, to.tenantId)
    assert.deepEqual(await store.replaceAfter({ ...replacement, owner: to }), head)
    const other = { ...replacement, owner: to, entries: [] }
    await assertFails('idempotency_conflict', () => store.replaceAfter(other))
  })

  it('J12 a cursor of the source goes on at the target', async ({ store }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    await fillStream(store, from)
    await move(store, from.tenantId, to.tenantId)
    const followed = await take(store.follow(from, STREAM), 7)
    for (const [index, after] of followed.entries()) {
      const left = followed.length - 1 - index
      const rest = await take(store.follow(to, STREAM, { after }), left)
      assert.deepEqual(seen(rest), seen(followed.slice(index + 1)))
    }
  })

  it('J12 loading again changes nothing, also after a part was loaded', async ({ store }) => {
    const from = freshIdentity()
    const to = freshIdentity()
    for (const owner of ownersOf(from.tenantId)) await fillStream(store, owner)
    const records = await dumpOf(store, from.tenantId)
    const moved = records.map((record) => ofTenant(record, to.tenantId))
    const count = moved.length
    const loading = (given: readonly DumpedRecord[]) => store.loadDump(maintenance, given)
    assert.deepEqual(await loading(moved.slice(0, 5)), { loaded: 5, unchanged: 0 })
    assert.deepEqual(await loading(moved), { loaded: count - 5, unchanged: 5 })
    assert.deepEqual(await loading(moved), { loaded: 0, unchanged: count })
    assert.deepEqual(await loading([]), { loaded: 0, unchanged: 0 })
    assert.deepEqual(comparable(await dumpOf(store, to.tenantId)), comparable(records))
  })

  it('J12 anything else in the place of a record is a conflict, and stays as it is', async ({
    store,
  }) => {
    const { tenantId, ...owner } = freshIdentity()
    await fillStream(store, { tenantId, ...owner })
    const records = await dumpOf(store, tenantId)
    const [head] = records
    assert.ok(head?.kind === 'stream')
    const others: DumpedRecord[] = [
      { ...head, recentAt: new Date(5) },
      { ...head, operations: [] },
      { ...head, generation: 'other' },
      { ...head, head: { ...head.head, position: 99 } },
      { ...head, head: { ...head.head, updatedAt: new Date(5) } },
      // The generation of another stream.
      { ...head, stream: 'other' },
    ]
    for (const record of records) {
      if (record.kind === 'stream') continue
      others.push({ ...record, generation: 'other' }, { ...record, stream: 'none' })
      if (record.kind === 'replacement') others.push({ ...record, replacedAfter: 1 })
      else others.push({ ...record, entryId: newEventId() })
      // An id at two places.
      if (record.kind === 'entry') others.push({ ...record, position: 90 })
      if (record.kind === 'entry') others.push({ ...record, bytes: bytesOf('other') })
      if (record.kind === 'entry') others.push({ ...record, createdAt: new Date(99) })
      if (record.kind === 'entry') others.push({ ...record, type: 'other' })
      if (record.kind === 'dropped') others.push({ ...record, position: -90 })
    }
    const known = head
    for (const other of others) {
      const error = await rejectionOf(() => store.loadDump(maintenance, [known, other]))
      assert.ok(isHarborageError(error, 'dump_conflict'), JSON.stringify(other))
      assert.deepEqual(error.entry, { list: 'records', index: 1 })
    }
    assert.deepEqual(comparable(await dumpOf(store, tenantId)), comparable(records))
  })
}

/** Loads all records of a tenant as those of another one. */
async function move(store: JournalStore, from: string, to: string): Promise<void> {
  const moved = (await dumpOf(store, from)).map((record) => ofTenant(record, to))
  await store.loadDump(maintenance, moved)
}
