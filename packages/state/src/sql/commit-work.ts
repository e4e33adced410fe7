import type { EventId } from '@harborage/core'
import { selectRows, pipeline, type SqlWork } from '@harborage/core/sql'
import { decideCommit, slotId, type CommitDecision } from '../decide.ts'
import type { CheckedTransaction, Condition, SlotKey } from '../state-driver.ts'
import type { SaveOutcome, StateRecord } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { InspectedSlots, type ExpectingSave } from './inspected-slots.ts'
import { decideUnlessApplied, unknownOutcome } from './lost-answer.ts'
import { slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'
import { touchedSlots, type SlotChange, type TouchedSlot } from './touched-slots.ts'

/**
 * Reads every slot that the commit touches, decides, and then goes through them once more, each
 * under the condition that it still holds what was read. A refusal of several slots is decided
 * under the same condition.
 *
 * @param mayBeApplied Whether an attempt before may have been applied, because its answer was lost.
 * @throws WriteConflict if others changed a slot in between; a unique violation is a conflict, too.
 * `idempotency_conflict`, `condition_failed`. `outcome_unknown` if an attempt before may have been
 * applied, and the slots do not tell.
 */
export function* commitWork(
  statements: StateStatements,
  transaction: CheckedTransaction,
  mayBeApplied: boolean,
  touched: readonly TouchedSlot[] = touchedSlots(transaction),
): SqlWork<readonly SaveOutcome[]> {
  const inspected = yield* pipeline(
    touched.map(({ slot, record }) =>
      selectRows(statements.inspect, { ...slotColumns(slot), event_id: record?.eventId ?? NONE }),
    ),
  )
  const slots = new InspectedSlots(inspected.flat())
  const generationOf = (slot: SlotKey): EventId | null => slots.generationOf(slot)?.eventId ?? null
  let decision: CommitDecision
  try {
    decision = decideInspected(slots, transaction, touched, mayBeApplied)
  } catch (error) {
    // Each slot was read at a time of its own: the refusal holds only if all still hold this.
    if (touched.length > 1) {
      yield* statements.dialect.confirmReads(() =>
        applySlots(
          statements,
          touched.map(({ slot }) => unchanged(slot, generationOf(slot))),
        ),
      )
    }
    throw error
  }
  const { outcomes, apply } = decision
  // No event id says of a slot that it was emptied: what it holds now may have been saved since.
  if (apply && mayBeApplied && touched.some(isDeletedUnread)) throw unknownOutcome(undefined)
  const saved = new Set(transaction.save.filter((_, index) => outcomes[index] === 'saved'))
  const removed = new Set(apply ? transaction.delete.map(slotId) : [])
  const decided = touched.map(({ slot, record }) => ({
    slot,
    expected: generationOf(slot),
    record: record !== undefined && saved.has(record) ? record : undefined,
    isDeleted: removed.has(slotId(slot)),
  }))
  yield* applySlots(statements, decided)
  return outcomes
}

/** As {@link commitWork}, of one save. */
export function* saveWork(
  statements: StateStatements,
  record: StateRecord,
  condition: Condition,
  mayBeApplied: boolean,
): SqlWork<SaveOutcome> {
  // There is one outcome per save.
  const [outcome = 'saved'] = yield* commitWork(
    statements,
    commitOf(record, condition),
    mayBeApplied,
  )
  return outcome
}

/** Decides what a save does, by what was read of its slot. */
export function decideSaveOf(
  slots: InspectedSlots,
  record: StateRecord,
  condition: Condition,
  mayBeApplied: boolean,
): SaveOutcome {
  const transaction = commitOf(record, condition)
  const { outcomes } = decideInspected(slots, transaction, touchedSlots(transaction), mayBeApplied)
  return outcomes[0] ?? 'saved'
}

/** A save with a condition is the commit of it with an expectation of the same slot. */
function commitOf(record: StateRecord, condition: Condition): CheckedTransaction {
  const { identity, kind } = record
  const expect = condition === undefined ? [] : [{ identity, kind, eventId: condition }]
  return { expect, save: [record], delete: [] }
}

function decideInspected(
  slots: InspectedSlots,
  transaction: CheckedTransaction,
  touched: readonly TouchedSlot[],
  mayBeApplied: boolean,
): CommitDecision {
  return decideUnlessApplied(
    () => decideCommit(slots, transaction),
    mayBeApplied && isAWrite(transaction) && !slots.showThatNoneWasApplied(savesOf(touched)),
  )
}

/** Keeps others from a slot, which is not written. */
function unchanged(slot: SlotKey, expected: EventId | null): SlotChange {
  return { slot, expected, record: undefined, isDeleted: false }
}

function isAWrite({ save, delete: deletions }: CheckedTransaction): boolean {
  return save.length > 0 || deletions.length > 0
}

function isDeletedUnread({ isDeleted, expected }: TouchedSlot): boolean {
  return isDeleted && expected === undefined
}

function savesOf(touched: readonly TouchedSlot[]): ExpectingSave[] {
  return touched.flatMap(({ record, expected }) =>
    record === undefined ? [] : [{ record, expected }],
  )
}

/** No event id is empty, so an inspection with this one finds the slot alone. */
const NONE = ''
