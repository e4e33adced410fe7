import { newEventId, type OperationTrace } from '@harborage/core'
import type { CheckedAppend, StreamKey } from '../journal-driver.ts'
import type { AppendResult, StreamHead } from '../journal-record.ts'
import type { AppendedColumns } from './append-statements.ts'
import type { SettledAppend } from './locked-stream.ts'
import { storedId, streamColumns } from './rows.ts'

/** The limits of the appends to one stream that are made in one step. */
const MAX_GROUP_ENTRIES = 1_000
const MAX_GROUP_BYTES = 1024 * 1024

/** The limits of a statement that appends to many streams. */
export const MAX_CALLS = 64
const MAX_BATCH_BYTES = 256 * 1024
/** From this size on, an entry is cheaper to send by itself. */
const LARGE_BYTES = 8 * 1024

/**
 * How an append is made. `small`: without reading first, in a statement that it may share with
 * those to other streams. `large`: without reading first. `expiring`: the same, and by itself,
 * since the stream may have expired for the next one. `conditional`: after reading.
 */
export type AppendKind = 'small' | 'large' | 'expiring' | 'conditional'

/** An append that waits. */
export interface Waiting {
  readonly append: CheckedAppend
  readonly bytes: number
  readonly operation: OperationTrace | undefined
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: unknown) => void
}

/** Appends to one stream that are made in one step. */
export interface Group {
  readonly id: string
  readonly key: StreamKey
  readonly calls: readonly Waiting[]
  readonly bytes: number
  readonly kind: AppendKind
}

/** Returns the first waiting calls of a stream, as many as fit in one step. */
export function groupOf(id: string, waiting: readonly Waiting[]): Group | undefined {
  const [first] = waiting
  if (first === undefined) return undefined
  const kind = kindOf(first)
  const calls: Waiting[] = []
  let entries = 0
  let bytes = 0
  for (const call of waiting) {
    entries += call.append.entries.length
    const isFull = entries > MAX_GROUP_ENTRIES || bytes + call.bytes > MAX_GROUP_BYTES
    // What cannot be made blindly would make the others wait for more round trips.
    const isApart = kind === 'expiring' || call.append.expiresAt !== undefined
    if (calls.length > 0 && (isFull || isApart || kindOf(call) !== kind)) break
    calls.push(call)
    bytes += call.bytes
  }
  const { owner, stream } = first.append
  return { id, key: { owner, stream }, calls, bytes, kind }
}

function kindOf({ append: { entries, ifPosition, expiresAt } }: Waiting): AppendKind {
  if (ifPosition !== undefined) return 'conditional'
  if (expiresAt !== undefined) return 'expiring'
  return entries.every(({ bytes }) => bytes.byteLength < LARGE_BYTES) ? 'small' : 'large'
}

/** Returns the first groups, as many as fit in one statement. */
export function batchOf(groups: readonly Group[], maxCalls: number): readonly Group[] {
  let calls = 0
  let bytes = 0
  const beyond = groups.findIndex((group, index) => {
    calls += group.calls.length
    bytes += group.bytes
    return index > 0 && (calls > maxCalls || bytes > MAX_BATCH_BYTES)
  })
  return beyond === -1 ? groups : groups.slice(0, beyond)
}

/** Returns the rows of a group in a statement. */
export function columnsOf({ key, calls }: Group, ordinal: number): AppendedColumns[] {
  const at = streamColumns(key)
  const generation = newEventId()
  const updated_at = Date.now()
  const entries = calls.flatMap(({ append }) => append.entries)
  return entries.map(({ entryId, type, bytes, createdAt }, index) => ({
    ...at,
    generation,
    remaining: entries.length - 1 - index,
    ordinal,
    updated_at,
    entry_id: storedId(entryId),
    created_at: createdAt.getTime(),
    type,
    bytes,
  }))
}

/** Returns the results of calls that were all made, from the head after the last one. */
export function resultsOf({ calls }: Group, last: StreamHead): readonly SettledAppend[] {
  const { generation, first, updatedAt, expiresAt } = last
  let left = calls.reduce((sum, { append }) => sum + append.entries.length, 0)
  return calls.map(({ append: { entries } }): SettledAppend => {
    const before = last.position - left
    left -= entries.length
    const head = {
      generation,
      first,
      updatedAt,
      expiresAt,
      position: last.position - left,
      length: last.length - left,
    }
    return {
      result: {
        head,
        entries: entries.map((_, index) => ({ position: before + 1 + index, outcome: 'appended' })),
      },
    }
  })
}

/** Returns the approximate size of an append in bytes. */
export function sizeOf({ entries }: CheckedAppend): number {
  let size = 0
  for (const { bytes } of entries) size += bytes.byteLength + ENTRY_BYTES
  return size
}

/** The approximate size of an entry without its bytes. */
const ENTRY_BYTES = 256
