import { type EventId, HarborageError } from '@harborage/core'
import type { CheckedRecord, CheckedTransaction, Condition, SlotKey } from './state-driver.ts'
import type { SaveOutcome } from './state-record.ts'

/** The part of a stored record that a decision depends on. */
export interface Generation {
  readonly eventId: EventId
  /** The number that the caller saved with the record. */
  readonly version: number
  readonly bytes: Uint8Array
  /** Returns whether the slot held this event id earlier and has replaced it since. */
  hasReplaced(eventId: EventId): boolean
}

/** Read access to the stored slots, for a decision. */
export interface SlotView {
  /** Returns what the slot holds, or `undefined` if it is empty. */
  generationOf(slot: SlotKey): Generation | undefined
  /** Returns whether another slot of the record's tenant holds the record's event id. */
  isHeldElsewhere(record: CheckedRecord): boolean
}

/** The result of deciding a commit. */
export interface CommitDecision {
  /** One outcome per save. Write the saves whose outcome is `'saved'`. */
  readonly outcomes: readonly SaveOutcome[]
  /**
   * Whether to apply the changes. `false` if every save was applied before: the call is a retry.
   */
  readonly apply: boolean
}

/**
 * Decides the outcome of a save. On `'saved'` the driver writes the record; on any other outcome it
 * writes nothing.
 *
 * Every driver has to return this outcome. It may call this function, or reach the same outcome
 * with its own statements.
 *
 * @throws `idempotency_conflict` if the tenant used the event id for other content or another slot;
 * `condition_failed` if the slot does not meet the condition.
 */
export function decideSave(
  view: SlotView,
  record: CheckedRecord,
  condition: Condition,
): SaveOutcome {
  const held = view.generationOf(record)
  if (held?.eventId === record.eventId) {
    if (hasSameContent(held, record)) return 'unchanged'
    throw conflict()
  }
  if (held?.hasReplaced(record.eventId) === true) return 'superseded'
  if (view.isHeldElsewhere(record)) throw conflict()
  if (!meets(held, condition)) throw conditionFailed()
  return 'saved'
}

/**
 * Decides the outcome of a commit. A commit whose saves were all applied before is a retry and
 * changes nothing. If only some were, the expectations about the slots of those saves count as met,
 * so that a retry after a lost answer is safe.
 *
 * @throws `idempotency_conflict` as in {@link decideSave}; `condition_failed` if an expectation is
 * not met.
 */
export function decideCommit(view: SlotView, transaction: CheckedTransaction): CommitDecision {
  const outcomes = transaction.save.map((record) => decideSave(view, record, undefined))
  if (outcomes.length > 0 && !outcomes.includes('saved')) return { outcomes, apply: false }
  const appliedBefore = new Set(
    transaction.save.filter((_, index) => outcomes[index] !== 'saved').map(slotId),
  )
  for (const expectation of transaction.expect) {
    if (appliedBefore.has(slotId(expectation))) continue
    if (!meets(view.generationOf(expectation), expectation.eventId)) throw conditionFailed()
  }
  return { outcomes, apply: true }
}

/**
 * Returns whether a delete has something to remove.
 *
 * @param held What the slot holds, or `undefined` if it is empty.
 * @param ifEventId The event id that the slot has to hold, or `undefined` for any.
 * @throws `condition_failed` if the slot holds another event id.
 */
export function decideDelete(
  held: Pick<Generation, 'eventId'> | undefined,
  ifEventId: EventId | undefined,
): boolean {
  if (held === undefined) return false
  if (ifEventId !== undefined && held.eventId !== ifEventId) throw conditionFailed()
  return true
}

/** Returns a string that is unique to the slot, for use as the key of a map. */
export function slotId({ identity, kind }: SlotKey): string {
  const { tenantId, userId, sessionId, runId } = identity
  return JSON.stringify([tenantId, userId, sessionId, runId, kind])
}

function meets(held: Pick<Generation, 'eventId'> | undefined, condition: Condition): boolean {
  return condition === undefined || (held?.eventId ?? null) === condition
}

function hasSameContent(held: Generation, record: CheckedRecord): boolean {
  return held.version === record.version && Buffer.compare(held.bytes, record.bytes) === 0
}

function conflict(): HarborageError {
  return new HarborageError(
    'idempotency_conflict',
    'the event id was already used in this tenant for other content or another slot: make a new one with newEventId()',
  )
}

function conditionFailed(): HarborageError {
  return new HarborageError(
    'condition_failed',
    'the slot does not hold the expected generation: load it again and decide again',
  )
}
