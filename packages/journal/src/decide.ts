import { HarborageError, type ErrorEntry, type EventId } from '@harborage/core'
import { isAtHead } from './internal/is-at-head.ts'
import type { CheckedAppend, CheckedEntry, CheckedReplacement, HeadMark } from './journal-driver.ts'
import { REMEMBERED_OPERATIONS, type AppendedEntry } from './journal-record.ts'

/** An entry that a stream holds, or a dropped one that it remembers. */
export interface HeldEntry {
  /** Its position; of a dropped one, the position that it had. */
  readonly position: number
  readonly type: string
  readonly bytes: Uint8Array
  /** Whether it was dropped. Its content is gone then. */
  readonly isDropped: boolean
}

/** A replacement that a stream remembers. */
export interface RememberedOperation {
  readonly operationId: EventId
  readonly digest: string
}

/** Read access to a stream, for a decision. */
export interface StreamView {
  /** The newest position; 0 if there is no stream, or one that has expired. */
  readonly position: number
  /** The last position that was given: `position`, or that of a stream that has expired. */
  readonly lastGiven: number
  /** Returns the entry with the id, also if it was dropped. */
  heldEntry(entryId: EventId): HeldEntry | undefined
}

/** Read access to a stream, for the decision of a replacement. */
export interface ReplacedView extends StreamView {
  /** The remembered replacements, newest first. */
  readonly operations: readonly RememberedOperation[]
}

/** The decision of an append. */
export interface AppendDecision {
  /** One for each entry. */
  readonly entries: readonly AppendedEntry[]
  /** The entries to write, which get the positions after that of the view. */
  readonly added: readonly CheckedEntry[]
}

/**
 * Decides an append. Entries that the stream holds or remembers may only be the first ones of the
 * append, and count as its retry. If there is none to write, `ifPosition` does not matter.
 *
 * Every driver has to append as this function says. It may call it, or reach the same outcome with
 * its own statements.
 *
 * @throws `idempotency_conflict` if the stream holds an id with other content, or after a new one;
 * `condition_failed` if the head has another position.
 */
export function decideAppend(
  view: StreamView,
  { entries, ifPosition }: Pick<CheckedAppend, 'entries' | 'ifPosition'>,
): AppendDecision {
  const known: AppendedEntry[] = []
  for (const [index, entry] of entries.entries()) {
    const held = view.heldEntry(entry.entryId)
    if (held === undefined) continue
    if (known.length < index || !isSame(held, entry)) throw conflict(index)
    known.push({
      position: held.position,
      outcome: held.isDropped ? 'superseded' : 'unchanged',
    })
  }
  const added = entries.slice(known.length)
  if (added.length > 0 && ifPosition !== undefined && ifPosition !== view.position) {
    throw conditionFailed()
  }
  const appended = added.map((_, index): AppendedEntry => ({
    position: view.lastGiven + 1 + index,
    outcome: 'appended',
  }))
  return { entries: [...known, ...appended], added }
}

/**
 * Decides a replacement. Returns the replacements that the stream remembers after it, or
 * `undefined` if it was made before, so that it changes nothing.
 *
 * @throws `idempotency_conflict` if the operation id was used for another replacement, or an entry
 * has the id of one that stays; `condition_failed` if the head has another position.
 */
export function decideReplacement(
  view: ReplacedView,
  { operationId, digest, position, entries, ifPosition }: CheckedReplacement,
): readonly RememberedOperation[] | undefined {
  const earlier = view.operations.find((each) => each.operationId === operationId)
  if (earlier !== undefined) {
    if (earlier.digest === digest) return undefined
    throw new HarborageError(
      'idempotency_conflict',
      'the operation id was already used for another replacement of this stream: make a new one with newEventId()',
    )
  }
  if (ifPosition !== view.position) throw conditionFailed()
  for (const [index, { entryId }] of entries.entries()) {
    const held = view.heldEntry(entryId)
    if (held !== undefined && !held.isDropped && held.position <= position) throw conflict(index)
  }
  return [{ operationId, digest }, ...view.operations].slice(0, REMEMBERED_OPERATIONS)
}

/**
 * Returns what is left of a stream that has expired, for a decision: no position, and the ids that
 * it holds or remembers, as dropped ones.
 */
export function hiddenView(view: ReplacedView): ReplacedView {
  return {
    position: 0,
    lastGiven: view.lastGiven,
    operations: view.operations,
    heldEntry(entryId) {
      const held = view.heldEntry(entryId)
      return held && droppedEntry(held)
    },
  }
}

/** Returns an entry as one that was dropped. */
export function droppedEntry({ position }: Pick<HeldEntry, 'position'>): HeldEntry {
  return { position, type: '', bytes: NONE, isDropped: true }
}

const NONE = new Uint8Array()

/**
 * Returns whether a stream gets another expiry.
 *
 * @param head Its head; `undefined` if there is no stream, or one that has expired.
 * @param ifHead The head that it has to have.
 * @throws `condition_failed` if it has another head.
 */
export function decideTouch(head: HeadMark | undefined, ifHead: HeadMark): boolean {
  if (head === undefined) return false
  if (isAtHead(head, ifHead)) return true
  throw new HarborageError(
    'condition_failed',
    'the stream has another head: read what was appended, and decide again',
  )
}

function isSame(held: HeldEntry, entry: CheckedEntry): boolean {
  if (held.isDropped) return true
  return held.type === entry.type && Buffer.compare(held.bytes, entry.bytes) === 0
}

function conflict(index: number): HarborageError {
  const entry: ErrorEntry = { list: 'entries', index }
  return new HarborageError(
    'idempotency_conflict',
    'the stream holds the id of this entry with other content or at another place: retry an append with the same entries, and make new ids with newEventId() for others',
    { entry },
  )
}

function conditionFailed(): HarborageError {
  return new HarborageError(
    'condition_failed',
    'the head of the stream has another position: read what was appended, and decide again',
  )
}
