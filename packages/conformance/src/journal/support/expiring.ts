import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Owner } from '@harborage/core'
import type { JournalStore, NewEntry, StreamHead } from '@harborage/journal'
import { assertFails } from '../../support/assert-fails.ts'
import { collect } from '../../support/collect.ts'
import { PAST } from '../../support/expiry-dates.ts'
import { newEntry, STREAM, take } from './entries.ts'

/** Appends new entries with an expiry that has passed, and resolves to them and the head. */
export async function appendExpired(
  store: JournalStore,
  owner: Owner,
  texts: readonly string[] = ['expired'],
): Promise<{ readonly entries: readonly NewEntry[]; readonly head: StreamHead }> {
  const entries = texts.map(newEntry)
  const { head } = await store.append(owner, STREAM, entries, { expiresAt: PAST })
  return { entries, head }
}

/** Checks that no read finds a stream, of which these are the entries and the head. */
export async function assertHidden(
  store: JournalStore,
  owner: Owner,
  { entries, head }: { readonly entries: readonly NewEntry[]; readonly head: StreamHead },
): Promise<void> {
  assert.equal(await store.head(owner, STREAM), undefined, 'head')
  for (const order of ['ascending', 'descending'] as const) {
    assert.deepEqual(await collect(store.read(owner, STREAM, { order })), [], order)
  }
  const ids = entries.map(({ entryId }) => entryId)
  assert.ok(
    (await store.get(owner, STREAM, ids)).every((each) => each === undefined),
    'get',
  )
  for (const order of ['name', 'recent'] as const) {
    assert.deepEqual(await namesIn(store, owner, order), [], order)
  }
  const after = { generation: head.generation, position: 0 }
  await assertFails('stream_deleted', () => take(store.follow(owner, STREAM, { after }), 1))
}

/** Resolves to the names of the streams of an owner that a walk finds. */
export async function namesIn(
  store: JournalStore,
  owner: Owner,
  order: 'name' | 'recent' = 'name',
): Promise<readonly string[]> {
  return (await collect(store.streams(owner, { order }))).map(({ stream }) => stream)
}

/** Resolves to the head of a stream that is there. */
export async function headOf(store: JournalStore, owner: Owner): Promise<StreamHead> {
  const head = await store.head(owner, STREAM)
  assert.ok(head !== undefined, 'there is a stream')
  return head
}

/** Resolves once a stream has expired. */
export async function untilHidden(store: JournalStore, owner: Owner): Promise<void> {
  while ((await store.head(owner, STREAM)) !== undefined) await setTimeout(1)
}
