import {
  foldSessionSummary,
  type SessionKey,
  type SessionStoreEntry,
} from '@anthropic-ai/claude-agent-sdk'
import {
  commitTogether,
  isHarborageError,
  newEventId,
  type EventId,
  type HarborageError,
  type Identity,
} from '@harborage/core'
import type { Entry, JournalStore, NewEntry } from '@harborage/journal'
import type { StateRecord, StateStore } from '@harborage/state'
import type { PreparedEntry } from './prepared-entry.ts'
import { decodeSummary, encodeSummary, type SessionSummary } from './session-summary.ts'
import { summaryKind } from './transcript-names.ts'
import type { Transcript } from './transcript.ts'

/** The stores of sessions, on one database. */
export interface SessionStores {
  readonly journal: JournalStore
  readonly state: StateStore
}

/** The largest number of entries of one commit. */
const MAX_COMMIT_ENTRIES = 500
/** The largest size of the entries of one commit, in bytes. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024

/** How often an append is decided again, because others appended to the session meanwhile. */
const MAX_ATTEMPTS = 100

/**
 * Appends entries to a transcript, in their order. Those whose uuid it holds already are left out.
 * The main transcript and the summary of the session change in one commit. An append of more than
 * 500 entries or 8 MiB takes several commits.
 */
export async function appendEntries(
  stores: SessionStores,
  transcript: Transcript,
  entries: readonly PreparedEntry[],
): Promise<void> {
  for (const group of groupsOf(entries)) await appendGroup(stores, transcript, group)
}

function groupsOf(entries: readonly PreparedEntry[]): readonly (readonly PreparedEntry[])[] {
  const groups: PreparedEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = entry.last.bytes.byteLength
    const group = groups.at(-1)
    const fits =
      group !== undefined && group.length < MAX_COMMIT_ENTRIES && bytes + size <= MAX_COMMIT_BYTES
    if (fits) group.push(entry)
    else groups.push([entry])
    bytes = fits ? bytes + size : size
  }
  return groups
}

async function appendGroup(
  stores: SessionStores,
  transcript: Transcript,
  group: readonly PreparedEntry[],
): Promise<void> {
  const isMain = transcript.subpath === undefined
  // Those that a conflict named: the stream holds them, or remembers that it dropped them.
  const known = new Set<EventId>()
  for (let attempt = 1; ; attempt += 1) {
    // A sub-agent's transcript has no summary: the append itself says if the stream holds entries.
    const isAsked = isMain || attempt > 1
    const [held, record] = await Promise.all([
      isAsked ? heldIds(stores.journal, transcript, group) : known,
      isMain
        ? stores.state.load(transcript.session, summaryKind(transcript.projectKey))
        : undefined,
    ])
    const added = group.filter(({ entryId }) => !held.has(entryId) && !known.has(entryId))
    if (added.length === 0) return
    for (const part of added.flatMap(({ parts }) => parts)) {
      await stores.journal.append(transcript.session, transcript.stream, [part])
    }
    try {
      if (isMain) await appendWithSummary(stores, transcript, added, record)
      else await stores.journal.append(transcript.session, transcript.stream, lastOf(added))
      return
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isOvertaken(error)) throw error
      const entry = error.entry && added[error.entry.index]
      if (error.code === 'idempotency_conflict' && entry) known.add(entry.entryId)
    }
  }
}

/** Returns whether others appended to the session, so that the append has to be decided again. */
function isOvertaken(error: unknown): error is HarborageError {
  if (isHarborageError(error, 'idempotency_conflict')) return true
  return isHarborageError(error, 'condition_failed') && error.part === 'summary'
}

/** Appends entries to the main transcript, and folds them into the summary, in one commit. */
async function appendWithSummary(
  { journal, state }: SessionStores,
  { projectKey, sessionId, session, stream }: Transcript,
  added: readonly PreparedEntry[],
  record: StateRecord | undefined,
): Promise<void> {
  const earlier = record && decodeSummary(record.bytes)
  // Never less than before, since the clocks of processes differ.
  const mtime = Math.max(Date.now(), earlier === undefined ? 0 : earlier.mtime + 1)
  const key = { projectKey, sessionId }
  const bytes = encodeSummary({ ...key, mtime, data: fold(key, earlier, added, mtime) })
  const kind = summaryKind(projectKey)
  await commitTogether({
    parts: {
      summary: state.prepare.save(
        { eventId: newEventId(), identity: session, kind, bytes },
        { ifEventId: record?.eventId ?? null },
      ),
      entries: journal.prepare.append(session, stream, lastOf(added)),
    },
  })
}

/** Returns the data of the summary with some more entries; `undefined` if it has none any more. */
function fold(
  key: SessionKey,
  earlier: SessionSummary | undefined,
  added: readonly PreparedEntry[],
  mtime: number,
): SessionSummary['data'] {
  if (earlier !== undefined && earlier.data === undefined) return undefined
  const { sessionId } = key
  const previous = earlier?.data && { sessionId, mtime: earlier.mtime, data: earlier.data }
  // Of their JSON, since the caller may have changed the entries meanwhile.
  const entries = added.map(({ json }) => JSON.parse(json) as SessionStoreEntry)
  return foldSessionSummary(previous, key, entries, { mtime }).data
}

function lastOf(added: readonly PreparedEntry[]): readonly NewEntry[] {
  return added.map(({ last }) => last)
}

/** Resolves to the ids of a group that the stream holds. Asks only for those that it may hold. */
async function heldIds(
  journal: JournalStore,
  { session, stream }: Transcript,
  group: readonly PreparedEntry[],
): Promise<ReadonlySet<EventId>> {
  const ids = group.flatMap(({ entryId, mayBeHeld }) => (mayBeHeld ? [entryId] : []))
  const held = new Set<EventId>()
  for (const entry of ids.length === 0 ? [] : await getEntries(journal, session, stream, ids)) {
    if (entry !== undefined) held.add(entry.entryId)
  }
  return held
}

/** Gets entries by their ids, in as few calls as their sizes allow. */
async function getEntries(
  journal: JournalStore,
  session: Identity,
  stream: string,
  ids: readonly EventId[],
): Promise<readonly (Entry | undefined)[]> {
  try {
    return await journal.get(session, stream, ids)
  } catch (error) {
    if (ids.length === 1 || !isHarborageError(error, 'result_too_large')) throw error
    const half = Math.ceil(ids.length / 2)
    const first = await getEntries(journal, session, stream, ids.slice(0, half))
    return [...first, ...(await getEntries(journal, session, stream, ids.slice(half)))]
  }
}
