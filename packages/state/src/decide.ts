import { type ErrorEntry, type EventId, HarborageError } from '@harborage/core'
import type {
  CheckedPrefix,
  CheckedRecord,
  CheckedTransaction,
  Condition,
  SlotKey,
} from './state-driver.ts'
import {
  MAX_PREFIX_SLOTS,
  type CommitOutcome,
  type SaveIfEmptyOutcome,
  type SaveOutcome,
} from './state-record.ts'

/** The part of a stored record that a decision depends on. */
export interface Generation {
  readonly eventId: EventId
  /** The number that the caller saved with the record. */
  readonly version: number
  readonly bytes: Uint8Array
  /**
   * Whether the record has expired, by the clock of the database. The slot then counts as empty for
   * conditions, and still remembers its event ids.
   */
  readonly isExpired: boolean
  /** Returns whether the slot held this event id earlier and has replaced it since. */
  hasReplaced(eventId: EventId): boolean
}

/** The event id that a slot holds, and whether its record has expired. */
export type HeldId = Pick<Generation, 'eventId' | 'isExpired'>

/** Read access to the stored slots, for a decision. */
export interface SlotView {
  /** Returns what the slot holds, or `undefined` if it is empty. */
  generationOf(slot: SlotKey): Generation | undefined
  /** Returns whether another slot of the record's tenant holds the record's event id. */
  isHeldElsewhere(record: CheckedRecord): boolean
  /**
   * Returns the full slots of a run whose kind begins with a prefix, in any order. Of an iterable
   * that is lazy, no more are read than a commit may empty.
   */
  slotsUnder(prefix: CheckedPrefix): Iterable<SlotKey>
}

/** The result of a decision about slots. */
export interface SlotDecision<Outcome> {
  /** The answer. */
  readonly outcome: Outcome
  /** The records to write. */
  readonly write: readonly CheckedRecord[]
  /** The slots to empty, which are full. None of them is written. */
  readonly remove: readonly SlotKey[]
}

/** The result of deciding a commit. */
export type CommitDecision = SlotDecision<CommitOutcome>

/** What a commit has to take into account of itself, or of the other parts of its step. */
export interface CommitSurroundings {
  /** The ids of slots whose save was applied before. Expectations about them count as met. */
  readonly appliedBefore: ReadonlySet<string>
  /** The ids of slots that prefixes spare. Those that they empty are added. */
  readonly spared: Set<string>
  /** The number of slots that other parts empty. */
  readonly emptied: number
}

/**
 * Decides the outcome of a save. On `'saved'` the driver writes the record; on any other outcome it
 * writes nothing.
 *
 * Every driver has to return this outcome. It may call this function, or reach the same outcome
 * with its own statements.
 *
 * @param entry The entry of a commit that the save is, for its errors. Default: none.
 * @throws `idempotency_conflict` if the tenant used the event id for other content or another slot;
 * `condition_failed` if the slot does not meet the condition.
 */
export function decideSave(
  view: SlotView,
  record: CheckedRecord,
  condition: Condition,
  entry?: ErrorEntry,
): SaveOutcome {
  const held = view.generationOf(record)
  if (held?.eventId === record.eventId) {
    if (hasSameContent(held, record)) return 'unchanged'
    throw conflict(entry)
  }
  if (held?.hasReplaced(record.eventId) === true) return 'superseded'
  if (view.isHeldElsewhere(record)) throw conflict(entry)
  if (!meets(held, condition)) throw conditionFailed(entry)
  return 'saved'
}

/**
 * Decides the outcome of a save into an empty slot. On `'saved'` the driver writes the record.
 *
 * @throws `idempotency_conflict` if the slot holds the event id with other content, or is empty and
 * another slot holds it.
 */
function decideSaveIfEmpty(
  view: SlotView,
  record: CheckedRecord,
  entry: ErrorEntry,
): SaveIfEmptyOutcome {
  const held = view.generationOf(record)
  if (held?.eventId === record.eventId) {
    if (!hasSameContent(held, record)) throw conflict(entry)
    return 'unchanged'
  }
  if (!isEmpty(held) || held?.hasReplaced(record.eventId) === true) return 'kept'
  if (view.isHeldElsewhere(record)) throw conflict(entry)
  return 'saved'
}

/**
 * Decides the outcome of a commit. A commit whose saves were all applied before is a retry and
 * changes nothing. If only some were, the expectations about the slots of those saves count as met,
 * so that a retry after a lost answer is safe.
 *
 * @throws `idempotency_conflict` as in {@link decideSave}, also of saves into empty slots;
 * `condition_failed` if an expectation is not met. The error names its entry, the first one in this
 * order. `result_too_large` if the prefixes have too many slots.
 */
export function decideCommit(view: SlotView, transaction: CheckedTransaction): CommitDecision {
  const save = decideSaves(view, transaction)
  const spared = transaction.deletePrefix.length === 0 ? [] : changedSlots(transaction)
  return decideChanges(view, transaction, save, {
    appliedBefore: appliedSlots(transaction, save),
    spared: new Set(spared.map(slotId)),
    emptied: 0,
  })
}

/** Decides the outcomes of the saves of a commit. */
export function decideSaves(
  view: SlotView,
  { save }: Pick<CheckedTransaction, 'save'>,
): SaveOutcome[] {
  return save.map((record, index) => decideSave(view, record, undefined, { list: 'save', index }))
}

/** Returns the ids of the slots whose save was applied before. */
export function appliedSlots(
  { save }: Pick<CheckedTransaction, 'save'>,
  outcomes: readonly SaveOutcome[],
): Set<string> {
  return new Set(save.filter((_, index) => outcomes[index] !== 'saved').map(slotId))
}

/** Returns the slots that a commit names to save into them or to empty them. */
export function changedSlots({
  save,
  saveIfEmpty,
  delete: deletions,
}: CheckedTransaction): SlotKey[] {
  return [...save, ...saveIfEmpty, ...deletions]
}

/**
 * Decides the rest of a commit, after its saves.
 *
 * @param save The outcomes of the saves.
 */
export function decideChanges(
  view: SlotView,
  transaction: CheckedTransaction,
  save: readonly SaveOutcome[],
  surroundings: CommitSurroundings,
): CommitDecision {
  if (save.length > 0 && !save.includes('saved')) {
    return { outcome: { repeated: true, save }, write: [], remove: [] }
  }
  const saveIfEmpty = transaction.saveIfEmpty.map((record, index) =>
    decideSaveIfEmpty(view, record, { list: 'saveIfEmpty', index }),
  )
  const { appliedBefore } = surroundings
  for (const [index, expectation] of transaction.expect.entries()) {
    if (appliedBefore.has(slotId(expectation))) continue
    if (!meets(view.generationOf(expectation), expectation.eventId)) {
      throw conditionFailed({ list: 'expect', index })
    }
  }
  const remove = slotsToEmpty(view, transaction, surroundings)
  return {
    outcome: { repeated: false, save, saveIfEmpty, deleted: remove.length },
    write: [
      ...transaction.save.filter((_, index) => save[index] === 'saved'),
      ...transaction.saveIfEmpty.filter((_, index) => saveIfEmpty[index] === 'saved'),
    ],
    remove,
  }
}

/** Returns the full slots that a commit empties. */
function slotsToEmpty(
  view: SlotView,
  { delete: deletions, deletePrefix }: CheckedTransaction,
  { spared, emptied }: CommitSurroundings,
): SlotKey[] {
  const remove = deletions.filter((slot) => view.generationOf(slot) !== undefined)
  for (const prefix of deletePrefix) {
    for (const slot of view.slotsUnder(prefix)) {
      if (spared.has(slotId(slot))) continue
      spared.add(slotId(slot))
      if (remove.push(slot) + emptied > MAX_PREFIX_SLOTS) throw tooManySlots()
    }
  }
  return remove
}

/**
 * Returns whether a delete has something to remove.
 *
 * @param held What the slot holds, or `undefined` if it is empty. An expired record is deleted as
 * any other, so that nothing of it is left.
 * @param ifEventId The event id that the slot has to hold, or `undefined` for any.
 * @throws `condition_failed` if the slot holds another event id that has not expired.
 */
export function decideDelete(held: HeldId | undefined, ifEventId: EventId | undefined): boolean {
  if (held === undefined) return false
  if (ifEventId === undefined || held.eventId === ifEventId) return true
  if (held.isExpired) return false
  throw conditionFailed()
}

/**
 * Returns whether the record of a slot gets another expiry.
 *
 * @param held What the slot holds, or `undefined` if it is empty.
 * @param ifEventId The event id that the slot has to hold.
 * @throws `condition_failed` if the slot holds another event id.
 */
export function decideTouch(held: HeldId | undefined, ifEventId: EventId): boolean {
  return held?.isExpired === false && decideDelete(held, ifEventId)
}

/** Returns a string that is unique to the slot, for use as the key of a map. */
export function slotId({ identity, kind }: SlotKey): string {
  const { tenantId, userId, sessionId, runId } = identity
  return JSON.stringify([tenantId, userId, sessionId, runId, kind])
}

function meets(held: HeldId | undefined, condition: Condition): boolean {
  if (condition === undefined) return true
  return isEmpty(held) ? condition === null : held?.eventId === condition
}

/** Returns whether a slot counts as empty for conditions. */
function isEmpty(held: HeldId | undefined): boolean {
  return held === undefined || held.isExpired
}

function hasSameContent(held: Generation, record: CheckedRecord): boolean {
  return held.version === record.version && Buffer.compare(held.bytes, record.bytes) === 0
}

function conflict(entry: ErrorEntry | undefined): HarborageError {
  return new HarborageError(
    'idempotency_conflict',
    'the event id was already used in this tenant for other content or another slot: make a new one with newEventId()',
    entry && { entry },
  )
}

function conditionFailed(entry?: ErrorEntry): HarborageError {
  return new HarborageError(
    'condition_failed',
    'the slot does not hold the expected generation: load it again and decide again',
    entry && { entry },
  )
}

function tooManySlots(): HarborageError {
  return new HarborageError(
    'result_too_large',
    `the commit would empty more than ${MAX_PREFIX_SLOTS} slots: empty them in several commits with fewer or narrower prefixes, or with deleteAll`,
  )
}
