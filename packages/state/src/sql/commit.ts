import {
  isSqlFailure,
  isWriteConflict,
  resolveOutcome,
  runWork,
  type PriorAttempts,
  type SqlDatabase,
  type SqlWork,
  type TransactionTraits,
  type WorkTraits,
} from '@harborage/core/sql'
import { decideCommit, slotId } from '../decide.ts'
import type { CheckedRecord, CheckedTransaction } from '../state-driver.ts'
import type { CommitOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { commitWork } from './commit-work.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { unknownOutcome } from './lost-answer.ts'
import type { GuardedRow } from './guarded-save-statement.ts'
import { isSameRun, recordRow } from './rows.ts'
import type { StateStatements } from './statements.ts'
import type { StateRecordRow } from './tables.ts'
import {
  claimOf,
  isGuard,
  touchedSlots,
  type SlotChange,
  type TouchedSlot,
} from './touched-slots.ts'

/**
 * Commits optimistically: writes each slot without reading it first. If a precondition fails, rolls
 * back, reads the slots and lets `decideCommit` decide. The same happens if the answer of the
 * database was lost, since the slots then show whether the commit was applied.
 */
export async function commit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
): Promise<CommitOutcome> {
  const attempts = { mayBeApplied: false }
  const touched = touchedSlots(transaction)
  const optimistic = optimisticCommit(database, statements, transaction, touched, attempts)
  // No `await` if there is nothing to wait for: calls that are not awaited have to start in their
  // order.
  const outcome = optimistic === undefined ? undefined : await unlessRejected(optimistic)
  if (outcome !== undefined) return outcome
  return runWork(
    database,
    { ...COMMIT, claim: claimOf(touched) },
    (mayBeApplied) => commitWork(statements, transaction, mayBeApplied, touched),
    optimistic && attempts,
  )
}

/** Resolves to `undefined` if the optimistic commit was rejected and rolled back. */
async function unlessRejected(
  commit: Promise<CommitOutcome | undefined>,
): Promise<CommitOutcome | undefined> {
  try {
    return await commit
  } catch (error) {
    if (isWriteConflict(error)) return undefined
    if (isSqlFailure(error, 'unique_violation', 'incomplete', 'repeated')) return undefined
    throw error
  }
}

/** Starts the optimistic commit, or returns `undefined` if the slots have to be read first. */
function optimisticCommit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
  changes: readonly TouchedSlot[],
  attempts: PriorAttempts,
): Promise<CommitOutcome | undefined> | undefined {
  if (!mayBeUnread(transaction)) return undefined
  const { saveAll } = statements
  const rows = saveAll === undefined ? undefined : smallBlindSaves(changes)
  if (saveAll !== undefined && rows !== undefined) {
    return database.changes(saveAll, rows).then(() => allApplied(transaction))
  }
  const filling = onlyFilling(transaction)
  if (filling !== undefined) return fillSlot(database, statements, transaction, filling)
  const guarded = onlyGuarded(changes)
  if (guarded !== undefined) {
    return saveGuarded(database, statements, transaction, guarded, attempts)
  }
  if (!changes.every(needsNoRead)) return undefined
  const traits = { ...OPTIMISTIC_COMMIT, claim: claimOf(changes) }
  return database.transaction(traits, (mayBeApplied) => {
    attempts.mayBeApplied ||= mayBeApplied
    return mayBeApplied
      ? commitWork(statements, transaction, mayBeApplied, changes)
      : optimisticWork(statements, transaction, changes)
  })
}

function* optimisticWork(
  statements: StateStatements,
  transaction: CheckedTransaction,
  changes: readonly SlotChange[],
): SqlWork<CommitOutcome> {
  yield* applySlots(statements, changes)
  return allApplied(transaction)
}

/** Returns the answer if everything was written, and each slot to empty held what was expected. */
export function allApplied({
  expect,
  save,
  saveIfEmpty,
  delete: deletions,
}: CheckedTransaction): CommitOutcome {
  const expected = new Map(expect.map((each) => [slotId(each), each.eventId]))
  return {
    repeated: false,
    save: save.map(() => 'saved'),
    saveIfEmpty: saveIfEmpty.map(() => 'saved'),
    deleted: deletions.filter((slot) => typeof expected.get(slotId(slot)) === 'string').length,
  }
}

/** Returns the record of a commit that only saves one record into an empty slot. */
function onlyFilling(transaction: CheckedTransaction): CheckedRecord | undefined {
  const { expect, save, saveIfEmpty, delete: deletions } = transaction
  const entries = expect.length + save.length + saveIfEmpty.length + deletions.length
  return entries === 1 ? saveIfEmpty[0] : undefined
}

/**
 * Saves a record into an empty slot with one statement. If that wrote nothing, reads why.
 *
 * @returns `undefined` if what rejected the record is gone.
 */
async function fillSlot(
  database: SqlDatabase,
  { saveIntoEmpty, inspect }: StateStatements,
  transaction: CheckedTransaction,
  record: CheckedRecord,
): Promise<CommitOutcome | undefined> {
  const row = recordRow(record)
  let mayBeApplied = false
  try {
    const alone = { ...row, commit_marks: '' }
    if ((await database.changes(saveIntoEmpty, alone)) > 0) return allApplied(transaction)
  } catch (error) {
    mayBeApplied = isSqlFailure(error, 'repeated')
    if (!mayBeApplied && !isSqlFailure(error, 'unique_violation')) throw error
  }
  const slots = new InspectedSlots(await resolveOutcome(database.rows(inspect, row)))
  const { outcome } = decideCommit(slots, transaction)
  const [filled] = outcome.repeated ? [] : outcome.saveIfEmpty
  if (filled === 'kept' && mayBeApplied) throw unknownOutcome(undefined)
  return filled === 'saved' ? undefined : outcome
}

/** Returns whether no prefix and no event id of a commit needs a slot to be read first. */
function mayBeUnread(transaction: CheckedTransaction): boolean {
  return transaction.deletePrefix.length === 0 && !expectsWhatItSaves(transaction)
}

/** Returns the changes of a commit, or `undefined` if slots have to be read first. */
export function unreadChanges(
  transaction: CheckedTransaction,
  touched: readonly TouchedSlot[],
): readonly SlotChange[] | undefined {
  return mayBeUnread(transaction) && touched.every(needsNoRead) ? touched : undefined
}

/**
 * Returns the row of a commit that only saves one record, and expects an event id of a slot of the
 * same run that is locked before.
 */
function onlyGuarded([guard, saved, ...others]: readonly TouchedSlot[]): GuardedRow | undefined {
  if (guard === undefined || saved?.record === undefined || others.length > 0) return undefined
  const { record, expected, isFilled } = saved
  const isSimple = typeof expected !== 'string' && isGuard(guard)
  if (!isSimple || !isSameRun(guard.slot.identity, record.identity)) return undefined
  return {
    ...recordRow(record),
    guard_kind: guard.slot.kind,
    guard_event_id: guard.expected,
    filling_event_id: isFilled || expected === null ? record.eventId : '',
  }
}

/** Saves a record with one statement that depends on another slot. */
async function saveGuarded(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
  row: GuardedRow,
  attempts: PriorAttempts,
): Promise<CommitOutcome | undefined> {
  try {
    const written = await database.changes(statements.saveGuarded, row)
    return written > 0 ? allApplied(transaction) : undefined
  } catch (error) {
    attempts.mayBeApplied ||= isSqlFailure(error, 'repeated')
    throw error
  }
}

/**
 * Returns whether a commit expects an event id that it also saves. It may replace the id in one
 * slot before it saves it in another, and would then not notice the conflict.
 */
function expectsWhatItSaves({ expect, save, saveIfEmpty }: CheckedTransaction): boolean {
  const saved = new Set([...save, ...saveIfEmpty].map(({ eventId }) => eventId))
  return expect.some(({ eventId }) => eventId !== null && saved.has(eventId))
}

/**
 * Returns whether a slot can be changed without reading it. A delete cannot unless it expects an
 * event id: how its slot is locked depends on whether it is empty, and one that counts as empty may
 * have an expired record to remove. A slot that is expected to be full is not filled.
 */
function needsNoRead(touched: TouchedSlot): touched is SlotChange {
  if (touched.isFilled) return typeof touched.expected !== 'string'
  if (touched.isDeleted) return typeof touched.expected === 'string'
  return touched.record !== undefined || touched.expected !== undefined
}

/**
 * From this size on, passing all records in one statement is slower than a statement for each slot.
 */
const LARGE_BYTES = 8 * 1024

/**
 * Returns the rows of a commit that only saves small records and expects nothing; `undefined` for
 * any other.
 */
function smallBlindSaves(touched: readonly TouchedSlot[]): StateRecordRow[] | undefined {
  const records = touched.flatMap(({ record, expected, isFilled }) => {
    const isBlind = record !== undefined && expected === undefined && !isFilled
    return isBlind && record.bytes.length < LARGE_BYTES ? [record] : []
  })
  return records.length === touched.length ? records.map(recordRow) : undefined
}

/** A commit that is repeated is recognized by the event ids that it saves or expects. */
export const COMMIT: WorkTraits = {
  name: 'state_commit',
  repeat: 'recognized',
  subject: 'a slot of the commit',
  conflictsOnUnique: true,
}
const OPTIMISTIC_COMMIT: TransactionTraits = { name: 'state_commit_unread', repeat: 'recognized' }
