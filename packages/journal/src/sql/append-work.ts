import { newEventId, type EventId } from '@harborage/core'
import { changeRows, pipeline, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { HeldEntry } from '../decide.ts'
import type { StreamKey } from '../journal-driver.ts'
import type { StreamHead } from '../journal-record.ts'
import { RECENT_MS, type AdvancedHead, type AppendStatements } from './append-statements.ts'
import type { ChangeStatements, FoundColumns } from './change-statements.ts'
import { hasExpired, type ExpiryStatements } from './expiry.ts'
import { LockedStream, type AppendToStream, type SettledAppend } from './locked-stream.ts'
import { renewWork, shortenWork } from './renew-work.ts'
import {
  entryRow,
  expiryColumn,
  headOf,
  NO_OPERATIONS,
  storedId,
  streamColumns,
  type GenerationColumns,
  type LockedColumns,
  type StreamColumns,
} from './rows.ts'
import { NEVER, type StreamRow } from './tables.ts'

type Statements = AppendStatements & ChangeStatements & ExpiryStatements

/**
 * Appends to one stream in order, as if each append were made by itself, at one time. Locks its
 * head, looks up the ids and decides. One that has expired is removed in this step, however long.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws WriteConflict if others began the stream meanwhile.
 */
export function* appendWork(
  statements: Statements,
  key: StreamKey,
  appends: readonly AppendToStream[],
  mayBeApplied: boolean,
): SqlWork<readonly SettledAppend[]> {
  const { settled } = yield* appendStep(statements, key, {
    appends,
    mayBeApplied,
    maxRenewed: Number.POSITIVE_INFINITY,
  })
  return settled
}

/** A step of appends to one stream. */
export interface AppendStep {
  readonly appends: readonly AppendToStream[]
  readonly mayBeApplied: boolean
  /** The most entries of an expired stream that are removed at once. */
  readonly maxRenewed: number
  /** What the step before it found, if that only shortened the stream. */
  readonly earlier?: ShortenedStream | undefined
}

/** An expired stream that was too long to begin anew, and was shortened. */
export interface ShortenedStream {
  readonly generation: string
  /** The entries of the appends that it held, of which it may remember no id any more. */
  readonly held: ReadonlyMap<EventId, HeldEntry>
}

/** What a step did. */
export interface AppendedStep {
  readonly settled: readonly SettledAppend[]
  /** Is there if nothing was appended yet: the appends have to be made again. */
  readonly shortened?: ShortenedStream
}

/** Does as {@link appendWork}, or shortens an expired stream that is too long to begin anew. */
export function* appendStep(
  statements: Statements,
  key: StreamKey,
  { appends, mayBeApplied, maxRenewed, earlier }: AppendStep,
): SqlWork<AppendedStep> {
  const at = streamColumns(key)
  const [locked] = yield* selectRows(statements.lock, at)
  const now = Date.now()
  const isExpired = locked !== undefined && (yield* hasExpired(statements, locked))
  const stream = new LockedStream(locked, isExpired, now)
  const held = new Map<EventId, HeldEntry>()
  if (locked !== undefined) {
    const ids = new Set(appends.flatMap(({ entries }) => entries.map(({ entryId }) => entryId)))
    const found = yield* findIds(statements, { ...at, generation: locked.generation }, ids)
    const before = earlier?.generation === locked.generation ? earlier.held : []
    for (const [entryId, entry] of [...before, ...found]) held.set(entryId, entry)
    stream.hold(held)
  }
  const settled = appends.map((append) => stream.append(append, mayBeApplied))
  const { added, head } = stream
  if (added.length === 0) return { settled }
  if (locked !== undefined && isExpired) {
    if (locked.length > maxRenewed) {
      yield* shortenWork(statements, at, locked)
      return { settled: [], shortened: { generation: locked.generation, held } }
    }
    yield* renewWork(statements, at, locked, head)
  }
  const first = (locked?.position ?? 0) + 1
  const generation = { tenant_id: at.tenant_id, generation: head.generation }
  const expires_at = expiryColumn(head.expiresAt)
  const before = locked === undefined || isExpired ? NEVER : locked.expires_at
  const [headsWritten] = yield* pipeline([
    locked === undefined
      ? changeRows(statements.begin, newHead(at, generation.generation, added.length, now))
      : advance(statements, at, locked, added.length, now),
    ...(expires_at === before ? [] : [changeRows(statements.setExpiry, { ...at, expires_at })]),
    ...added.map((entry, index) =>
      changeRows(statements.write, entryRow(generation, first + index, entry)),
    ),
  ])
  if (headsWritten === 0) throw new WriteConflict()
  return { settled }
}

/**
 * Appends entries to one stream without reading first.
 *
 * @returns The head after that.
 * @throws WriteConflict if the stream knows an id or has expired, or others began it meanwhile.
 */
export function* blindAppendWork(
  statements: AppendStatements & ExpiryStatements,
  key: StreamKey,
  { entries, expiresAt }: Pick<AppendToStream, 'entries' | 'expiresAt'>,
): SqlWork<StreamHead> {
  const at = streamColumns(key)
  const now = Date.now()
  const count = entries.length
  const [advanced] = yield* selectRows(statements.advance, { ...at, count, updated_at: now })
  if (advanced !== undefined && (yield* hasExpired(statements, advanced))) throw new WriteConflict()
  const before = advanced ?? newHead(at, newEventId(), count, now)
  const expires_at = expiresAt === undefined ? before.expires_at : expiryColumn(expiresAt)
  const head = { ...before, expires_at }
  const generation = { tenant_id: at.tenant_id, generation: head.generation }
  const first = head.position - count + 1
  const isNew = advanced === undefined
  const written = yield* pipeline([
    ...(isNew ? [changeRows(statements.begin, newHead(at, head.generation, count, now))] : []),
    ...(isRecent(head, now) ? [] : [changeRows(statements.touch, { ...at, recent_at: now })]),
    ...(expires_at === before.expires_at
      ? []
      : [changeRows(statements.setExpiry, { ...at, expires_at })]),
    ...entries.map((entry, index) =>
      changeRows(statements.write, entryRow(generation, first + index, entry)),
    ),
  ])
  if (written.includes(0)) throw new WriteConflict()
  return headOf(head)
}

/** Advances a locked head, and returns the number of heads that were written. */
function* advance(
  statements: AppendStatements,
  at: StreamColumns,
  locked: LockedColumns,
  count: number,
  now: number,
): SqlWork<number> {
  const [advanced] = yield* pipeline<readonly unknown[] | number>([
    selectRows(statements.advance, { ...at, count, updated_at: now }),
    ...(isRecent(locked, now) ? [] : [changeRows(statements.touch, { ...at, recent_at: now })]),
  ])
  return Array.isArray(advanced) ? advanced.length : 0
}

/** Returns whether the time by which streams are ordered is recent enough. */
export function isRecent({ recent_at }: Pick<AdvancedHead, 'recent_at'>, now: number): boolean {
  return now >= recent_at && now - recent_at < RECENT_MS
}

/** Looks up rows by the ids of their entries. */
export function* findIds(
  { find }: Pick<ChangeStatements, 'find'>,
  generation: GenerationColumns,
  ids: Iterable<EventId>,
): SqlWork<ReadonlyMap<EventId, HeldEntry>> {
  const found = yield* pipeline(
    Array.from(ids, function* (entryId): SqlWork<readonly [EventId, HeldEntry] | undefined> {
      const [row] = yield* selectRows(find, { ...generation, entry_id: storedId(entryId) })
      return row && [entryId, heldIn(row)]
    }),
  )
  return new Map(found.flatMap((each) => (each === undefined ? [] : [each])))
}

function heldIn({ position, type, bytes }: FoundColumns): HeldEntry {
  return { position: Math.abs(position), type, bytes, isDropped: position < 0 }
}

/** Returns the row of a new stream. */
export function newHead(
  at: StreamColumns,
  generation: string,
  count: number,
  now: number,
): StreamRow {
  return {
    ...at,
    generation,
    first: 1,
    position: count,
    length: count,
    updated_at: now,
    recent_at: now,
    expires_at: NEVER,
    operations: NO_OPERATIONS,
  }
}
