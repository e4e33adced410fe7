import type { EventId } from '@harborage/core'
import { selectRows, pipeline, type SqlWork } from '@harborage/core/sql'
import { decideCommit, slotId, type CommitDecision } from '../decide.ts'
import type { CheckedRecord, CheckedTransaction, Condition, SlotKey } from '../state-driver.ts'
import type { SaveOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { InspectedSlots, type ExpectingSave } from './inspected-slots.ts'
import { decideOrOutcomeUnknown, unknownOutcome } from './lost-answer.ts'
import { slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'
import { touchedSlots, type SlotChange, type TouchedSlot } from './touched-slots.ts'

/**
 * Reads every slot of the commit, decides, and then writes or locks each slot, on the condition
 * that it still holds what was read. If the commit is rejected and has several slots, they are also
 * checked under this condition.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws WriteConflict if others changed a slot in between; treat a unique violation the same way.
 * `idempotency_conflict` and `condition_failed` as `decideCommit`. `outcome_unknown` if an earlier
 * attempt may have been applied, and the slots do not show whether it was.
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
    // The slots were read one after the other: the decision is valid only if none has changed
    // since.
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
  // Nothing shows whether a slot was emptied: what it holds now may have been saved since.
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

/** Saves a record with a precondition, as {@link commitWork} commits it. */
export function* saveWork(
  statements: StateStatements,
  record: CheckedRecord,
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

/** Decides the outcome of a save from the rows that were read. */
export function decideSaveOf(
  slots: InspectedSlots,
  record: CheckedRecord,
  condition: Condition,
  mayBeApplied: boolean,
): SaveOutcome {
  const transaction = commitOf(record, condition)
  const { outcomes } = decideInspected(slots, transaction, touchedSlots(transaction), mayBeApplied)
  return outcomes[0] ?? 'saved'
}

/** Returns the commit that is equivalent to a save with a precondition. */
function commitOf(record: CheckedRecord, condition: Condition): CheckedTransaction {
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
  return decideOrOutcomeUnknown(
    () => decideCommit(slots, transaction),
    mayBeApplied && isAWrite(transaction) && !slots.proveNoneApplied(savesOf(touched)),
  )
}

/** Returns the change that only locks a slot. */
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

/** Matches no event id, since none is empty: an inspection with it finds only the slot itself. */
const NONE = ''
