import { HarborageError, isHarborageError, newEventId, type EventId } from '@harborage/core'
import { changeRows, pipeline, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import { decideAppend, type HeldEntry, type StreamView } from '../decide.ts'
import type { CheckedAppend, CheckedEntry, StreamKey } from '../journal-driver.ts'
import type { AppendResult, StreamHead } from '../journal-record.ts'
import { RECENT_MS, type AdvancedHead, type AppendStatements } from './append-statements.ts'
import type { ChangeStatements, FoundColumns } from './change-statements.ts'
import {
  entryRow,
  headOf,
  NO_OPERATIONS,
  storedId,
  streamColumns,
  type GenerationColumns,
  type LockedColumns,
  type StreamColumns,
} from './rows.ts'
import type { StreamRow } from './tables.ts'

/** An append to a stream that is named elsewhere. */
export type AppendToStream = Pick<CheckedAppend, 'entries' | 'ifPosition'>

/** What became of an append that others share a transaction with. */
export type SettledAppend = { readonly result: AppendResult } | { readonly error: unknown }

type Statements = AppendStatements & ChangeStatements

/**
 * Appends to one stream in order, as if each append were made by itself. Locks its head, looks up
 * the ids and decides.
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
  const at = streamColumns(key)
  const [locked] = yield* selectRows(statements.lock, at)
  const now = Date.now()
  const stream = new LockedStream(locked, now)
  if (locked !== undefined) {
    const ids = new Set(appends.flatMap(({ entries }) => entries.map(({ entryId }) => entryId)))
    stream.hold(yield* findIds(statements, { ...at, generation: locked.generation }, ids))
  }
  const settled = appends.map((append) => stream.append(append, mayBeApplied))
  const { added } = stream
  if (added.length === 0) return settled
  const first = (locked?.position ?? 0) + 1
  const generation = { tenant_id: at.tenant_id, generation: stream.head.generation }
  const [headsWritten] = yield* pipeline([
    locked === undefined
      ? changeRows(statements.begin, newHead(at, generation.generation, added.length, now))
      : advance(statements, at, locked, added.length, now),
    ...added.map((entry, index) =>
      changeRows(statements.write, entryRow(generation, first + index, entry)),
    ),
  ])
  if (headsWritten === 0) throw new WriteConflict()
  return settled
}

/**
 * Appends entries to one stream without reading first.
 *
 * @returns The head after that.
 * @throws WriteConflict if the stream knows an id, or others began it meanwhile.
 */
export function* blindAppendWork(
  statements: AppendStatements,
  key: StreamKey,
  entries: readonly CheckedEntry[],
): SqlWork<StreamHead> {
  const at = streamColumns(key)
  const now = Date.now()
  const count = entries.length
  const [advanced] = yield* selectRows(statements.advance, { ...at, count, updated_at: now })
  const head = advanced ?? newHead(at, newEventId(), count, now)
  const generation = { tenant_id: at.tenant_id, generation: head.generation }
  const first = head.position - count + 1
  const isNew = advanced === undefined
  const written = yield* pipeline([
    ...(isNew ? [changeRows(statements.begin, newHead(at, head.generation, count, now))] : []),
    ...(isRecent(head, now) ? [] : [changeRows(statements.touch, { ...at, recent_at: now })]),
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
    operations: NO_OPERATIONS,
  }
}

/** A stream whose head is locked, while appends to it are decided. */
class LockedStream implements StreamView {
  head: StreamHead
  readonly added: CheckedEntry[] = []
  readonly #now: number
  readonly #held = new Map<EventId, HeldEntry>()

  /** @param now The time that is written, in milliseconds. */
  constructor(locked: LockedColumns | undefined, now: number) {
    this.#now = now
    this.head =
      locked === undefined
        ? { generation: newEventId(), first: 1, position: 0, length: 0, updatedAt: new Date(0) }
        : headOf(locked)
  }

  get position(): number {
    return this.head.position
  }

  hold(found: ReadonlyMap<EventId, HeldEntry>): void {
    for (const [entryId, held] of found) this.#held.set(entryId, held)
  }

  heldEntry(entryId: EventId): HeldEntry | undefined {
    return this.#held.get(entryId)
  }

  append(append: AppendToStream, mayBeApplied: boolean): SettledAppend {
    try {
      const { entries, added } = decideAppend(this, append)
      const { head } = this
      for (const [index, { entryId, type, bytes }] of added.entries()) {
        this.#held.set(entryId, {
          position: head.position + 1 + index,
          type,
          bytes,
          isDropped: false,
        })
      }
      this.added.push(...added)
      if (added.length > 0) {
        const { generation, first, position, length } = head
        this.head = {
          generation,
          first,
          position: position + added.length,
          length: length + added.length,
          updatedAt: new Date(this.#now),
        }
      }
      return { result: { head: this.head, entries } }
    } catch (error) {
      return { error: asUnknownOutcome(error, mayBeApplied) }
    }
  }
}

/**
 * Returns the error of a decision. If an earlier attempt may have been applied and left no trace,
 * because its stream was deleted since, an unmet condition proves nothing.
 */
export function asUnknownOutcome(error: unknown, mayBeApplied: boolean): unknown {
  if (!mayBeApplied || !isHarborageError(error, 'condition_failed')) return error
  return new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost, and the stream does not show whether the call was applied: read it before you call again',
    { cause: error },
  )
}
