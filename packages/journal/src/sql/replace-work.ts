import { newEventId, type EventId } from '@harborage/core'
import { changeRows, pipeline, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import {
  decideReplacement,
  hiddenView,
  type HeldEntry,
  type RememberedOperation,
  type ReplacedView,
} from '../decide.ts'
import type { CheckedReplacement } from '../journal-driver.ts'
import { REMEMBERED_ENTRY_IDS, type StreamHead } from '../journal-record.ts'
import { findIds, isRecent, newHead } from './append-work.ts'
import { asUnknownOutcome } from './as-unknown-outcome.ts'
import { dropRange, forgetOldIds, inspectRange } from './drop-work.ts'
import { hasExpired } from './expiry.ts'
import { renewedHead, renewWork, shortenWork } from './renew-work.ts'
import {
  entryRow,
  headOf,
  operationsOf,
  operationsText,
  replacementRow,
  storedId,
  streamColumns,
  type LockedColumns,
  type StreamColumns,
} from './rows.ts'
import type { JournalStatements } from './statements.ts'

/**
 * Replaces what is after a position of a stream. Locks its head, looks up the ids and decides. One
 * that has expired is removed in this step, however long.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws WriteConflict if others began the stream meanwhile.
 */
export function* replaceWork(
  statements: JournalStatements,
  replacement: CheckedReplacement,
  mayBeApplied: boolean,
): SqlWork<StreamHead> {
  const head = yield* replaceStep(statements, replacement, {
    mayBeApplied,
    maxRenewed: Number.POSITIVE_INFINITY,
  })
  if (head === undefined) throw new Error('a stream of any length is replaced at once')
  return head
}

/**
 * Does as {@link replaceWork}, or shortens an expired stream that is too long to begin anew, and
 * returns `undefined`: nothing was replaced yet.
 *
 * @param step Its `maxRenewed` is the most entries of an expired stream that are removed at once.
 */
export function* replaceStep(
  statements: JournalStatements,
  replacement: CheckedReplacement,
  { mayBeApplied, maxRenewed }: { readonly mayBeApplied: boolean; readonly maxRenewed: number },
): SqlWork<StreamHead | undefined> {
  const at = streamColumns(replacement)
  const [locked] = yield* selectRows(statements.lock, at)
  const held =
    locked === undefined
      ? new Map<EventId, HeldEntry>()
      : yield* findIds(
          statements,
          { ...at, generation: locked.generation },
          replacement.entries.map(({ entryId }) => entryId),
        )
  const isExpired = locked !== undefined && (yield* hasExpired(statements, locked))
  const operations = decide(locked, isExpired, held, replacement, mayBeApplied)
  if (locked === undefined) return yield* beginWork(statements, at, replacement, operations ?? [])
  if (operations === undefined) return headOf(locked)
  if (!isExpired) return yield* changeWork(statements, at, locked, held, replacement, operations)
  if (locked.length > maxRenewed) {
    yield* shortenWork(statements, at, locked)
    return undefined
  }
  const renewed = renewedHead(locked)
  yield* renewWork(statements, at, locked, renewed)
  return yield* changeWork(
    statements,
    at,
    renewed,
    held,
    { ...replacement, position: renewed.position },
    operations,
  )
}

function decide(
  locked: LockedColumns | undefined,
  isExpired: boolean,
  held: ReadonlyMap<EventId, HeldEntry>,
  replacement: CheckedReplacement,
  mayBeApplied: boolean,
): readonly RememberedOperation[] | undefined {
  const position = locked?.position ?? 0
  const view: ReplacedView = {
    position,
    lastGiven: position,
    operations: locked === undefined ? [] : operationsOf(locked),
    heldEntry: (entryId) => held.get(entryId),
  }
  try {
    return decideReplacement(isExpired ? hiddenView(view) : view, replacement)
  } catch (error) {
    throw asUnknownOutcome(error, mayBeApplied)
  }
}

/** Begins a stream with a replacement of nothing. */
function* beginWork(
  statements: JournalStatements,
  at: StreamColumns,
  { entries }: CheckedReplacement,
  operations: readonly RememberedOperation[],
): SqlWork<StreamHead> {
  const now = Date.now()
  const head = {
    ...newHead(at, newEventId(), entries.length, now),
    position: 1 + entries.length,
    operations: operationsText(operations),
  }
  const [begun] = yield* pipeline([
    changeRows(statements.begin, head),
    changeRows(statements.write, replacementRow(head, 1, 0)),
    ...entries.map((entry, index) =>
      changeRows(statements.write, entryRow(head, 2 + index, entry)),
    ),
  ])
  if (begun === 0) throw new WriteConflict()
  return headOf(head)
}

function* changeWork(
  statements: JournalStatements,
  at: StreamColumns,
  locked: LockedColumns,
  held: ReadonlyMap<EventId, HeldEntry>,
  { position, entries }: CheckedReplacement,
  operations: readonly RememberedOperation[],
): SqlWork<StreamHead> {
  const generation = { tenant_id: at.tenant_id, generation: locked.generation }
  const end = locked.position + 1
  const range = {
    ...generation,
    from_position: Math.max(position + 1, locked.first),
    to_position: end,
  }
  const inspected = yield* inspectRange(statements, range)
  const replacedAfter = inspected.last ?? locked.first - 1
  const now = Date.now()
  const head = {
    ...at,
    ...locked,
    position: end + entries.length,
    length: locked.length - inspected.count + entries.length,
    updated_at: now,
    operations: operationsText(operations),
  }
  // Earlier replacements after the last entry that stays are part of this one.
  yield* dropRange(statements, { ...range, from_position: replacedAfter + 1 }, inspected)
  yield* pipeline([
    // After they were dropped: those that come back are written anew.
    ...[...held.keys()].map((entryId) =>
      changeRows(statements.removeId, { ...generation, entry_id: storedId(entryId) }),
    ),
    changeRows(statements.update, head),
    ...(isRecent(locked, now) ? [] : [changeRows(statements.touch, { ...at, recent_at: now })]),
    changeRows(statements.write, replacementRow(generation, end, replacedAfter)),
    ...entries.map((entry, index) =>
      changeRows(statements.write, entryRow(generation, end + 1 + index, entry)),
    ),
  ])
  if (isDueAt(locked.position, head.position)) yield* forgetOldIds(statements, generation)
  return headOf(head)
}

/** Returns whether a change of the head is one after which old ids are forgotten. */
function isDueAt(before: number, after: number): boolean {
  return Math.floor(before / FORGETTING) !== Math.floor(after / FORGETTING)
}

/** The number of positions after which old ids are forgotten. */
const FORGETTING = REMEMBERED_ENTRY_IDS / 4
