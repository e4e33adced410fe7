import { type EventId, HarborageError } from '@harborage/core'
import type { CheckedTransaction, Condition, SlotKey } from './state-driver.ts'
import type { SaveOutcome, StateRecord } from './state-record.ts'

/** What a slot holds, as far as a decision needs it. */
export interface Generation {
  readonly eventId: EventId
  /** The number that the caller saved with the record. */
  readonly version: number
  readonly bytes: Uint8Array
  /** Whether the slot has held this event id before and has replaced it since. */
  hasReplaced(eventId: EventId): boolean
}

/** The stored slots, as a decision sees them. */
export interface SlotView {
  /** Returns what the slot holds, or `undefined` if it is empty. */
  generationOf(slot: SlotKey): Generation | undefined
  /** Whether a slot of the tenant other than the record's own holds its event id. */
  isHeldElsewhere(record: StateRecord): boolean
}

/** What a commit comes to. */
export interface CommitDecision {
  /** One outcome per save; the saves whose outcome is `'saved'` are to be written. */
  readonly outcomes: readonly SaveOutcome[]
  /** Whether the changes are to be made; `false` if every save was applied before, so that this is a retry. */
  readonly apply: boolean
}

/**
 * Decides what a save does; on `'saved'` the driver writes the record. Every driver answers this, whether it asks
 * here or arranges its statements so that they come to the same.
 *
 * @throws `idempotency_conflict`, `condition_failed`.
 */
export function decideSave(view: SlotView, record: StateRecord, condition: Condition): SaveOutcome {
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
 * Decides what a commit does. An expectation about a slot whose save turns out to have been applied before is met, so
 * that a retry after a lost answer is safe; a commit whose saves have all been applied before is such a retry.
 *
 * @throws `idempotency_conflict`, `condition_failed`.
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
 * Decides what a conditional delete does with what the slot holds: whether there is something to remove.
 *
 * @throws `condition_failed` if the slot holds another generation.
 */
export function decideDelete(
  held: Pick<Generation, 'eventId'> | undefined,
  ifEventId: EventId | undefined,
): boolean {
  if (held === undefined) return false
  if (ifEventId !== undefined && held.eventId !== ifEventId) throw conditionFailed()
  return true
}

/** A text that two slots share only if they are the same slot. */
export function slotId({ identity, kind }: SlotKey): string {
  const { tenantId, userId, sessionId, runId } = identity
  return JSON.stringify([tenantId, userId, sessionId, runId, kind])
}

function meets(held: Pick<Generation, 'eventId'> | undefined, condition: Condition): boolean {
  return condition === undefined || (held?.eventId ?? null) === condition
}

function hasSameContent(held: Generation, record: StateRecord): boolean {
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
    'the slot does not hold the expected generation: load it again and decide anew',
  )
}
