import { types } from 'node:util'
import { HarborageError, parseEventId, type EventId } from '@harborage/core'
import { ownerColumns, sessionOf, type OwnerColumns } from '@harborage/core/sql'
import type { RememberedOperation } from '../decide.ts'
import type { CheckedEntry, LocatedEntry, StreamKey } from '../journal-driver.ts'
import type { FollowedReplacement, StreamHead } from '../journal-record.ts'
import { NEVER, NO_REPLACEMENT, type EntryRow, type StreamRow } from './tables.ts'

/** The columns that name a stream. */
export interface StreamColumns extends OwnerColumns {
  readonly stream: string
}

/** The columns of a head. */
export type HeadColumns = Pick<
  StreamRow,
  'generation' | 'first' | 'position' | 'length' | 'updated_at' | 'expires_at'
>

/** The columns of a head that is locked for a change. */
export type LockedColumns = HeadColumns & Pick<StreamRow, 'recent_at' | 'operations'>

/** Returns the column of an expiry. */
export function expiryColumn(expiresAt: Date | null | undefined): number {
  return expiresAt?.getTime() ?? NEVER
}

/** The columns that are read of an entry. */
export type EntryColumns = Omit<EntryRow, 'tenant_id'>

/** The columns that name a generation. */
export type GenerationColumns = Pick<EntryRow, 'tenant_id' | 'generation'>

/** Returns the columns that name a stream. */
export function streamColumns({ owner, stream }: StreamKey): StreamColumns {
  return { ...ownerColumns(owner), stream }
}

/** Picks the columns that name a stream of a row or of the placeholders of a statement. */
export function streamOf(at: StreamColumns): StreamColumns {
  return { ...sessionOf(at), run_id: at.run_id, stream: at.stream }
}

/** Returns the stream that columns name. */
export function streamKeyOf(row: StreamColumns): StreamKey {
  const { tenant_id: tenantId, user_id: userId, session_id: sessionId, run_id: runId } = row
  return { owner: { tenantId, userId, sessionId, runId }, stream: row.stream }
}

/**
 * Returns the head of a row.
 *
 * @throws `store_unavailable`, not retryable, if the row is damaged.
 */
export function headOf(row: HeadColumns): StreamHead {
  const { generation, first, position, length } = row
  const updatedAt = new Date(row.updated_at)
  const expiresAt = row.expires_at === NEVER ? undefined : new Date(row.expires_at)
  const isSound =
    typeof generation === 'string' &&
    [first, position, length].every((each) => Number.isSafeInteger(each) && each >= 0) &&
    !Number.isNaN(updatedAt.getTime()) &&
    (expiresAt === undefined || expiresAt.getTime() > 0)
  if (!isSound) throw damaged('the head of a stream')
  return { generation, first, position, length, updatedAt, expiresAt }
}

/**
 * Returns the entry of a row.
 *
 * @throws `store_unavailable`, not retryable, if the row is damaged.
 */
export function entryOf(row: EntryColumns): LocatedEntry {
  const { generation, position, type, bytes } = row
  const createdAt = new Date(row.created_at)
  const isSound =
    Number.isSafeInteger(position) &&
    typeof type === 'string' &&
    types.isUint8Array(bytes) &&
    !Number.isNaN(createdAt.getTime())
  if (!isSound) throw damaged('an entry')
  return { generation, position, entryId: entryIdOf(row.entry_id), type, bytes, createdAt }
}

/** Returns what a follower sees of a row. */
export function followedOf(row: EntryColumns): LocatedEntry | FollowedReplacement {
  const { generation, position, replaced_after: replacedAfter } = row
  return replacedAfter === NO_REPLACEMENT ? entryOf(row) : { generation, position, replacedAfter }
}

/** Returns the row of an entry. */
export function entryRow(
  { tenant_id, generation }: GenerationColumns,
  position: number,
  { entryId, type, bytes, createdAt }: CheckedEntry,
): EntryRow {
  return {
    tenant_id,
    generation,
    position,
    entry_id: storedId(entryId),
    created_at: createdAt.getTime(),
    replaced_after: NO_REPLACEMENT,
    type,
    bytes,
  }
}

/** Returns the row of a replacement. */
export function replacementRow(
  { tenant_id, generation }: GenerationColumns,
  position: number,
  replacedAfter: number,
): EntryRow {
  return {
    tenant_id,
    generation,
    position,
    entry_id: `${MARK}${position}`,
    created_at: Date.now(),
    replaced_after: replacedAfter,
    type: '',
    bytes: new Uint8Array(),
  }
}

/** Begins the stored id of a replacement. */
const MARK = '#'

/**
 * Returns the id of an entry as it is stored. One that begins as that of a replacement does gets
 * the beginning twice, and so is none: a position follows there.
 */
export function storedId(entryId: EventId): string {
  return entryId.startsWith(MARK) ? `${MARK}${entryId}` : entryId
}

function entryIdOf(stored: unknown): EventId {
  try {
    const text = String(stored)
    return parseEventId(text.startsWith(MARK) ? text.slice(MARK.length) : text)
  } catch {
    // Without the cause, which advises to make another id.
    throw damaged('an entry')
  }
}

/** Returns the replacements that a head remembers. */
export function operationsOf({ operations }: LockedColumns): readonly RememberedOperation[] {
  if (operations === NO_OPERATIONS) return []
  try {
    const stored: unknown = JSON.parse(operations)
    if (!Array.isArray(stored)) throw damaged('the head of a stream')
    return stored.map((each: unknown) => {
      const texts: readonly unknown[] = Array.isArray(each) ? each : []
      return { operationId: parseEventId(String(texts[0])), digest: String(texts[1]) }
    })
  } catch {
    throw damaged('the head of a stream')
  }
}

/** Returns the text of the replacements that a head remembers. */
export function operationsText(operations: readonly RememberedOperation[]): string {
  return JSON.stringify(operations.map(({ operationId, digest }) => [operationId, digest]))
}

/** The text for no replacements. */
export const NO_OPERATIONS = '[]'

function damaged(what: string): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `the row of ${what} is damaged: restore it from a backup, or delete the stream`,
    { retryable: false },
  )
}
