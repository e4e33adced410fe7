import type { EventId } from '@harborage/core'
import {
  askWhatBecame,
  isSqlFailure,
  LostRace,
  selectRows,
  together,
  untilUndisturbed,
  type SqlDatabase,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'
import { decideCommit, slotId, type CommitDecision } from '../decide.ts'
import type { CheckedTransaction, SlotKey } from '../state-driver.ts'
import type { SaveOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { InspectedSlots, type ExpectingSave } from './inspected-slots.ts'
import { decideUnlessApplied, unknownOutcome } from './lost-answer.ts'
import { recordRow, slotColumns } from './rows.ts'
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
  return untilUndisturbed('a slot of the commit', async () => {
    try {
      const traits = { ...COMMIT, claim: claimOf(touched) }
      const decided = database.transaction(traits, (mayBeApplied) => {
        attempts.mayBeApplied ||= mayBeApplied
        return inspectedWork(database, statements, transaction, touched, attempts)
      })
      return await (unread === undefined ? decided : askWhatBecame(decided))
    } catch (error) {
      // Somebody else has just saved with an event id of this commit.
      throw isSqlFailure(error, 'unique_violation') ? new LostRace() : error
    }
  })
}

/** Returns `undefined` if something is in the way of an unread commit, which has then applied nothing. */
async function unlessRefused(
  commit: Promise<readonly SaveOutcome[]>,
): Promise<readonly SaveOutcome[] | undefined> {
  try {
    return await commit
  } catch (error) {
    if (error instanceof LostRace) return undefined
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
  attempts: Attempts,
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
      ? inspectedWork(database, statements, transaction, changes, attempts)
      : unreadWork(database, statements, transaction, changes)
  })
}

function* unreadWork(
  { dialect }: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
  changes: readonly SlotChange[],
): SqlWork<readonly SaveOutcome[]> {
  yield* applySlots(statements, dialect, changes)
  return allSaved(transaction)
}

function allSaved({ save }: CheckedTransaction): readonly SaveOutcome[] {
  return save.map(() => 'saved')
}

/** What is known of the attempts before: whether one of them may have been applied. */
interface Attempts {
  mayBeApplied: boolean
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

/**
 * Reads every slot that the commit touches, decides, and then goes through them once more, each under the condition
 * that it still holds what was read. A refusal of several slots is decided under the same condition.
 *
 * @throws `outcome_unknown` if an attempt before may have been applied, and the slots do not tell.
 */
function* inspectedWork(
  { dialect }: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
  touched: readonly TouchedSlot[],
  { mayBeApplied }: Attempts,
): SqlWork<readonly SaveOutcome[]> {
  const inspected = yield* together(
    touched.map(({ slot, record }) =>
      selectRows(statements.inspect, { ...slotColumns(slot), event_id: record?.eventId ?? NONE }),
    ),
  )
  const slots = new InspectedSlots(inspected.flat())
  const generationOf = (slot: SlotKey): EventId | null => slots.generationOf(slot)?.eventId ?? null
  let decision: CommitDecision
  try {
    decision = decideUnlessApplied(
      () => decideCommit(slots, transaction),
      mayBeApplied && isAWrite(transaction) && !slots.showThatNoneWasApplied(savesOf(touched)),
    )
  } catch (error) {
    // Each slot was read at a time of its own: the refusal holds only if all of them still hold this.
    if (touched.length > 1) {
      yield* dialect.confirmReads(() =>
        applySlots(
          statements,
          dialect,
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
  yield* applySlots(statements, dialect, decided)
  return outcomes
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

/** A commit is recognized by the event ids of its saves, or by those that it expects. */
const COMMIT: TransactionTraits = { name: 'state_commit', repeat: 'recognized' }
const UNREAD_COMMIT: TransactionTraits = { name: 'state_commit_unread', repeat: 'recognized' }

/** No event id is empty, so an inspection with this one finds the slot alone. */
const NONE = ''
