import assert from 'node:assert/strict'
import { newEventId, type Owner } from '@harborage/core'
import type {
  AppendedEntry,
  AppendResult,
  Entry,
  Followed,
  JournalStore,
  NewEntry,
  ReadOptions,
} from '@harborage/journal'
import { collect } from '../../support/collect.ts'
import { bytesOf, textOf } from '../../support/text-bytes.ts'

/** The stream of the cases that need one. */
export const STREAM = 'transcript'

/** Returns an entry with this text and a new id. */
export function newEntry(text: string): NewEntry {
  return { entryId: newEventId(), type: 'message', bytes: bytesOf(text) }
}

/** Returns entries with numbered texts, from the first number to the last. */
export function numberedEntries(first: number, last: number): NewEntry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => newEntry(`${first + index}`))
}

/** Appends an entry for each text, in one call. */
export function appendTexts(
  store: JournalStore,
  owner: Owner,
  texts: readonly string[],
): Promise<AppendResult> {
  return store.append(owner, STREAM, texts.map(newEntry))
}

/** Resolves to the texts of the entries that a read yields. */
export async function textsIn(
  store: JournalStore,
  owner: Owner,
  options?: ReadOptions,
): Promise<string[]> {
  return textsOf(await collect(store.read(owner, STREAM, options)))
}

/** Returns the texts of entries. */
export function textsOf(entries: readonly Pick<Entry, 'bytes'>[]): string[] {
  return entries.map(({ bytes }) => textOf(bytes))
}

/** Returns the outcomes of an append with the positions, such as `appended at 1`. */
export function outcomesOf(entries: readonly AppendedEntry[]): string[] {
  return entries.map(({ position, outcome }) => `${outcome} at ${position}`)
}

/** Checks that a stream holds exactly these texts, in this order, at growing positions. */
export async function assertHolds(
  store: JournalStore,
  owner: Owner,
  texts: readonly string[],
): Promise<void> {
  const entries = await collect(store.read(owner, STREAM))
  assert.deepEqual(textsOf(entries), texts)
  const positions = entries.map(({ position }) => position)
  assert.deepEqual(
    positions,
    positions.toSorted((left, right) => left - right),
  )
  assert.equal(new Set(positions).size, positions.length, 'no position is given twice')
  assert.equal((await store.head(owner, STREAM))?.length ?? 0, texts.length)
}

/** Takes a number of items of a follower, and ends it. */
export async function take(
  following: AsyncIterable<Followed>,
  count: number,
): Promise<readonly Followed[]> {
  const taken: Followed[] = []
  if (count === 0) return taken
  for await (const followed of following) {
    taken.push(followed)
    if (taken.length === count) break
  }
  return taken
}

/** Returns what was followed as texts: those of entries, and of replacements what they drop. */
export function seen(followed: readonly Followed[]): string[] {
  return followed.map((each) =>
    'replacedAfter' in each ? `replaced after ${each.replacedAfter}` : textOf(each.bytes),
  )
}
