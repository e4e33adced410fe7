import { withEntry } from '@harborage/core/kit'
import { selectRows, pipeline, WriteConflict, type SqlWork } from '@harborage/core/sql'
import {
  decideCommit,
  slotId,
  type CommitDecision,
  type SlotDecision,
  type SlotView,
} from '../decide.ts'
import type {
  CheckedPrefix,
  CheckedRecord,
  CheckedTransaction,
  Condition,
  SlotKey,
} from '../state-driver.ts'
import type { CommitOutcome, SaveOutcome } from '../state-record.ts'
import { applySlots, emptied, keepEmpty } from './apply-slots.ts'
import { findUnderPrefixes } from './find-under-prefixes.ts'
import { InspectedSlots, type ExpectingSave } from './inspected-slots.ts'
import { decideOrOutcomeUnknown, unknownOutcome } from './lost-answer.ts'
import { prefixColumns } from './prefix-statement.ts'
import { slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'
import { sweepGuard } from './sweep-guard.ts'
import { inLockOrder, touchedSlots, type SlotChange, type TouchedSlot } from './touched-slots.ts'

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
export function commitWork(
  statements: StateStatements,
  transaction: CheckedTransaction,
  mayBeApplied: boolean,
  touched: readonly TouchedSlot[] = touchedSlots(transaction),
): SqlWork<CommitOutcome> {
  const decide = (slots: SlotView): CommitDecision => decideCommit(slots, transaction)
  return decidedWork(statements, transaction, mayBeApplied, touched, decide)
}

/**
 * Does what {@link commitWork} does for a commit that is decided otherwise, such as one that
 * consists of the parts of a step.
 *
 * @param decide Decides by the slots that were read. It throws as `decideCommit`.
 */
export function* decidedWork<Outcome extends { readonly repeated: boolean }>(
  statements: StateStatements,
  transaction: CheckedTransaction,
  mayBeApplied: boolean,
  touched: readonly TouchedSlot[],
  decide: (slots: SlotView) => SlotDecision<Outcome>,
): SqlWork<Outcome> {
  const { deletePrefix } = transaction
  const slots = yield* inspectSlots(statements, transaction, touched)
  let decision: SlotDecision<Outcome>
  try {
    decision = decideInspected(slots, transaction, touched, mayBeApplied, decide)
  } catch (error) {
    // The slots were read one after the other: the decision is valid only if none has changed
    // since.
    if (touched.length + deletePrefix.length > 1) {
      yield* statements.dialect.confirmReads(() =>
        applySlots(
          statements,
          touched.map(({ slot }) => unchanged(slot, slots)),
        ),
      )
    }
    throw error
  }
  const { outcome } = decision
  if (!outcome.repeated && mayBeApplied && leavesNoTrace(transaction, touched)) {
    throw unknownOutcome(undefined)
  }
  const changes = changesOf(decision, touched, slots)
  const works = [applySlots(statements, changes)]
  if (!outcome.repeated && deletePrefix.length > 0) {
    works.push(statements.dialect.confirmReads(() => refuseNewSlots(statements, transaction)))
  }
  yield* pipeline(works)
  return outcome
}

/** Reads the slots that a commit names, the event ids that it saves, and what its prefixes find. */
function* inspectSlots(
  statements: StateStatements,
  transaction: CheckedTransaction,
  touched: readonly TouchedSlot[],
): SqlWork<InspectedSlots> {
  const slots = new InspectedSlots()
  function* inspect({ slot, record }: TouchedSlot): SqlWork<void> {
    const eventId = record?.eventId ?? NONE
    slots.add(yield* selectRows(statements.inspect, { ...slotColumns(slot), event_id: eventId }))
  }
  const guards = guardsOf(transaction, touched).map((slot) => guard(statements, slot))
  const found = findUnderPrefixes(statements, transaction, slots)
  yield* pipeline([...guards, ...touched.map(inspect), found])
  return slots
}

/** Returns the guards of all sessions that a commit with prefixes touches. */
function guardsOf(
  { deletePrefix }: CheckedTransaction,
  touched: readonly TouchedSlot[],
): readonly SlotKey[] {
  if (deletePrefix.length === 0) return []
  const identities = [...deletePrefix, ...touched.map(({ slot }) => slot)]
  const guards = identities.map(({ identity }) => sweepGuard(identity))
  return inLockOrder([...new Map(guards.map((place) => [slotId(place), place]))])
}

function* guard(statements: StateStatements, place: SlotKey): SqlWork<void> {
  yield* keepEmpty(statements, place)
}

/** Returns the decided changes, and the slots that are only locked, in the order of locks. */
function changesOf(
  { write, remove }: SlotDecision<unknown>,
  touched: readonly TouchedSlot[],
  slots: InspectedSlots,
): SlotChange[] {
  const written = new Set(write)
  const changes = new Map<string, SlotChange>()
  for (const { slot, record } of touched) {
    const isWritten = record !== undefined && written.has(record)
    const change = unchanged(slot, slots)
    changes.set(slotId(slot), isWritten ? { ...change, record } : change)
  }
  for (const slot of remove) {
    const id = slotId(slot)
    // What was decided on is the state of a named slot, and not what a prefix found there later.
    const found = { expected: slots.eventIdUnderPrefix(slot), mayBeExpired: true }
    const { expected, mayBeExpired } = changes.get(id) ?? found
    changes.set(id, { ...emptied(slot, expected ?? null), mayBeExpired })
  }
  return inLockOrder([...changes])
}

/**
 * Checks that no slot under a prefix was filled before the slots of the commit were locked.
 *
 * @throws WriteConflict if so.
 */
function* refuseNewSlots(
  { findUnder }: StateStatements,
  transaction: CheckedTransaction,
): SqlWork<void> {
  const spared = new Set(savesOf(transaction).map(slotId))
  const check = function* (prefix: CheckedPrefix): SqlWork<void> {
    const rows = yield* selectRows(findUnder, prefixColumns(prefix, spared.size + 1))
    const { identity } = prefix
    if (rows.some(({ kind }) => !spared.has(slotId({ identity, kind })))) throw new WriteConflict()
  }
  yield* pipeline(transaction.deletePrefix.map(check))
}

/** Saves a record with a precondition, as {@link commitWork} commits it. */
export function* saveWork(
  statements: StateStatements,
  record: CheckedRecord,
  condition: Condition,
  mayBeApplied: boolean,
): SqlWork<SaveOutcome> {
  try {
    const outcome = yield* commitWork(statements, commitOf(record, condition), mayBeApplied)
    return outcomeOfSave(outcome)
  } catch (error) {
    throw withEntry(error, undefined)
  }
}

/** Decides the outcome of a save from the rows that were read. */
export function decideSaveOf(
  slots: InspectedSlots,
  record: CheckedRecord,
  condition: Condition,
  mayBeApplied: boolean,
): SaveOutcome {
  const transaction = commitOf(record, condition)
  const touched = touchedSlots(transaction)
  const decide = (): CommitDecision => decideCommit(slots, transaction)
  try {
    return outcomeOfSave(decideInspected(slots, transaction, touched, mayBeApplied, decide).outcome)
  } catch (error) {
    throw withEntry(error, undefined)
  }
}

/** Returns the commit that is equivalent to a save with a precondition. */
function commitOf(record: CheckedRecord, condition: Condition): CheckedTransaction {
  const { identity, kind } = record
  const expect = condition === undefined ? [] : [{ identity, kind, eventId: condition }]
  return { expect, save: [record], saveIfEmpty: [], delete: [], deletePrefix: [] }
}

function outcomeOfSave({ save: [outcome = 'saved'] }: CommitOutcome): SaveOutcome {
  return outcome
}

function decideInspected<Outcome>(
  slots: InspectedSlots,
  transaction: CheckedTransaction,
  touched: readonly TouchedSlot[],
  mayBeApplied: boolean,
  decide: (slots: SlotView) => SlotDecision<Outcome>,
): SlotDecision<Outcome> {
  return decideOrOutcomeUnknown(
    () => decide(slots),
    mayBeApplied && isAWrite(transaction) && !slots.proveNoneApplied(expectingSaves(touched)),
  )
}

/** Returns the change that only locks a slot as it was read. */
function unchanged(slot: SlotKey, slots: InspectedSlots): SlotChange {
  const expected = slots.eventIdOf(slot)
  const mayBeExpired = slots.hasExpired(slot)
  return { ...emptied(slot, expected), isDeleted: false, mayBeExpired }
}

function isAWrite({
  save,
  saveIfEmpty,
  delete: deletions,
  deletePrefix,
}: CheckedTransaction): boolean {
  return [save, saveIfEmpty, deletions, deletePrefix].some((changes) => changes.length > 0)
}

/**
 * Returns whether a commit that was applied may leave no trace of it: it empties slots without
 * knowing what they hold, and what they hold now may have been saved since, or it fills empty
 * slots without a save that shows it.
 */
function leavesNoTrace(
  { save, saveIfEmpty, deletePrefix }: CheckedTransaction,
  touched: readonly TouchedSlot[],
): boolean {
  return (
    deletePrefix.length > 0 ||
    (save.length === 0 && saveIfEmpty.length > 0) ||
    touched.some(({ isDeleted, expected }) => isDeleted && expected === undefined)
  )
}

/** Returns the records that a commit saves. It empties none of their slots. */
function savesOf({ save, saveIfEmpty }: CheckedTransaction): readonly CheckedRecord[] {
  return [...save, ...saveIfEmpty]
}

function expectingSaves(touched: readonly TouchedSlot[]): ExpectingSave[] {
  return touched.flatMap(({ record, expected, isFilled }) =>
    record === undefined || isFilled ? [] : [{ record, expected }],
  )
}

/** Matches no event id, since none is empty: an inspection with it finds only the slot itself. */
const NONE = ''
