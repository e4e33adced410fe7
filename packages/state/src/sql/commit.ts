import {
  isSqlFailure,
  isWriteConflict,
  runWork,
  type PriorAttempts,
  type SqlDatabase,
  type SqlWork,
  type TransactionTraits,
  type WorkTraits,
} from '@harborage/core/sql'
import type { CheckedTransaction } from '../state-driver.ts'
import type { SaveOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { commitWork } from './commit-work.ts'
import { recordRow } from './rows.ts'
import type { StateStatements } from './statements.ts'
import type { StateRecordRow } from './tables.ts'
import { claimOf, touchedSlots, type SlotChange, type TouchedSlot } from './touched-slots.ts'

/**
 * Commits optimistically, as a save is made: at first each slot is written, unread, where S2 to S6 allow it. Only when
 * something stands against it is all of it undone, and read and decided on as in every other driver. So is a commit that
 * may have been applied although its answer was lost: what the slots hold tells.
 */
export async function commit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
): Promise<readonly SaveOutcome[]> {
  const attempts = { mayBeApplied: false }
  const touched = touchedSlots(transaction)
  const unread = unreadCommit(database, statements, transaction, touched, attempts)
  // No `await` where there is nothing to wait for: calls that nobody awaited in between are made in their order.
  const outcomes = unread === undefined ? undefined : await unlessRefused(unread)
  if (outcomes !== undefined) return outcomes
  return runWork(
    database,
    { ...COMMIT, claim: claimOf(touched) },
    (mayBeApplied) => commitWork(statements, transaction, mayBeApplied, touched),
    unread && attempts,
  )
}

/** Returns `undefined` if something is in the way of an unread commit, which has then applied nothing. */
async function unlessRefused(
  commit: Promise<readonly SaveOutcome[]>,
): Promise<readonly SaveOutcome[] | undefined> {
  try {
    return await commit
  } catch (error) {
    if (isWriteConflict(error)) return undefined
    if (isSqlFailure(error, 'unique_violation', 'incomplete', 'repeated')) return undefined
    throw error
  }
}

/** Begins the commit without reading; `undefined` where it has to be read first. */
function unreadCommit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
  changes: readonly TouchedSlot[],
  attempts: PriorAttempts,
): Promise<readonly SaveOutcome[]> | undefined {
  if (expectsWhatItSaves(transaction)) return undefined
  const { saveAll } = statements
  const rows = saveAll === undefined ? undefined : smallBlindSaves(changes)
  if (saveAll !== undefined && rows !== undefined) {
    return database.changes(saveAll, rows).then(() => allSaved(transaction))
  }
  if (!changes.every(canBeUnread)) return undefined
  const traits = { ...UNREAD_COMMIT, claim: claimOf(changes) }
  return database.transaction(traits, (mayBeApplied) => {
    attempts.mayBeApplied ||= mayBeApplied
    return mayBeApplied
      ? commitWork(statements, transaction, mayBeApplied, changes)
      : unreadWork(statements, transaction, changes)
  })
}

function* unreadWork(
  statements: StateStatements,
  transaction: CheckedTransaction,
  changes: readonly SlotChange[],
): SqlWork<readonly SaveOutcome[]> {
  yield* applySlots(statements, changes)
  return allSaved(transaction)
}

function allSaved({ save }: CheckedTransaction): readonly SaveOutcome[] {
  return save.map(() => 'saved')
}

/** Such a commit may replace an event id before it saves it elsewhere, and would not notice the conflict. */
function expectsWhatItSaves({ expect, save }: CheckedTransaction): boolean {
  const saved = new Set(save.map(({ eventId }) => eventId))
  return expect.some(({ eventId }) => eventId !== null && saved.has(eventId))
}

/** A slot that is to be deleted, whatever it holds, is kept from others in another way if it holds nothing. */
function canBeUnread(touched: TouchedSlot): touched is SlotChange {
  return touched.record !== undefined || touched.expected !== undefined
}

/** From so many bytes on, arrays are slower than a statement for each slot. */
const LARGE_BYTES = 8 * 1024

/** The rows of a commit that only saves, little and whatever the slots hold; `undefined` for any other. */
function smallBlindSaves(touched: readonly TouchedSlot[]): StateRecordRow[] | undefined {
  const records = touched.flatMap(({ record, expected }) =>
    record !== undefined && expected === undefined && record.bytes.length < LARGE_BYTES
      ? [record]
      : [],
  )
  return records.length === touched.length ? records.map(recordRow) : undefined
}

/** A commit is recognized by the event ids of its saves, or by those that it expects. */
export const COMMIT: WorkTraits = {
  name: 'state_commit',
  repeat: 'recognized',
  subject: 'a slot of the commit',
  conflictsOnUnique: true,
}
const UNREAD_COMMIT: TransactionTraits = { name: 'state_commit_unread', repeat: 'recognized' }
