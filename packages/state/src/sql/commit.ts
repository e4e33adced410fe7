import { isHarborageError, OutcomeUnknownError } from '@harborage/core'
import {
  askWhatBecame,
  isSqlFailure,
  LostRace,
  selectRows,
  together,
  untilUndisturbed,
  type SqlDatabase,
  type SqlWork,
} from '@harborage/core/sql'
import { decideCommit, slotId } from '../decide.ts'
import type { CheckedTransaction } from '../state-driver.ts'
import type { SaveOutcome } from '../state-record.ts'
import { applySlots } from './apply-slots.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { recordRow, slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'
import type { StateRecordRow } from './tables.ts'
import { touchedSlots, type SlotChange, type TouchedSlot } from './touched-slots.ts'

/**
 * Commits optimistically, as a save is made: at first each slot is written, unread, where S2 to S6 allow it. Only when
 * something stands against it is all of it undone, and read and decided on as in every other driver.
 */
export async function commit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
): Promise<readonly SaveOutcome[]> {
  const unread = unreadCommit(database, statements, transaction)
  // No `await` where there is nothing to wait for: calls that nobody awaited in between are made in their order.
  if (unread !== undefined && (await isApplied(unread))) return transaction.save.map(() => 'saved')
  return untilUndisturbed('a slot of the commit', async () => {
    try {
      const work = (mayBeApplied: boolean) =>
        orUnknown(inspectedWork(database, statements, transaction), transaction, mayBeApplied)
      const decided = database.transaction(work)
      return await (unread === undefined ? decided : askWhatBecame(decided))
    } catch (error) {
      // Somebody else has just saved with an event id of this commit.
      throw isSqlFailure(error, 'unique_violation') ? new LostRace() : error
    }
  })
}

/** Whether a commit was applied that fails, and then applies nothing, if something stands against it. */
async function isApplied(commit: Promise<unknown>): Promise<boolean> {
  try {
    await commit
    return true
  } catch (error) {
    if (error instanceof LostRace) return false
    if (isSqlFailure(error, 'unique_violation', 'incomplete')) return false
    throw error
  }
}

/** Begins the commit without reading; `undefined` where it has to be read first. */
function unreadCommit(
  database: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
): Promise<unknown> | undefined {
  if (expectsWhatItSaves(transaction)) return undefined
  const changes = touchedSlots(transaction)
  const { saveAll } = statements
  const rows = saveAll === undefined ? undefined : smallBlindSaves(changes)
  if (saveAll !== undefined && rows !== undefined) return database.changes(saveAll, rows)
  if (!changes.every(canBeUnread)) return undefined
  return database.transaction((mayBeApplied) =>
    orUnknown(applySlots(statements, database.traits, changes), transaction, mayBeApplied),
  )
}

/**
 * A commit without a save carries no event id: if the slots are not as it expects, and an attempt whose answer was lost
 * may have made them so, nobody knows.
 *
 * @throws `outcome_unknown`
 */
function* orUnknown<Result>(
  work: SqlWork<Result>,
  { save }: CheckedTransaction,
  mayBeApplied: boolean,
): SqlWork<Result> {
  try {
    return yield* work
  } catch (error) {
    const isUnmet = error instanceof LostRace || isHarborageError(error, 'condition_failed')
    if (!isUnmet || !mayBeApplied || save.length > 0) throw error
    throw new OutcomeUnknownError(
      'the answer to a commit without a save was lost, and now its expectations are not met: load the slots to see whether it was applied',
      { cause: error },
    )
  }
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
 * that it still holds what was read.
 */
function* inspectedWork(
  { traits }: SqlDatabase,
  statements: StateStatements,
  transaction: CheckedTransaction,
): SqlWork<readonly SaveOutcome[]> {
  const touched = touchedSlots(transaction)
  const inspected = yield* together(
    touched.map(({ slot, record }) =>
      selectRows(statements.inspect, { ...slotColumns(slot), event_id: record?.eventId ?? NONE }),
    ),
  )
  const slots = new InspectedSlots(inspected.flat())
  const { outcomes, apply } = decideCommit(slots, transaction)
  const saved = new Set(transaction.save.filter((_, index) => outcomes[index] === 'saved'))
  const removed = new Set(apply ? transaction.delete.map(slotId) : [])
  const decided = touched.map(({ slot, record }) => ({
    slot,
    expected: slots.generationOf(slot)?.eventId ?? null,
    record: record !== undefined && saved.has(record) ? record : undefined,
    isDeleted: removed.has(slotId(slot)),
  }))
  yield* applySlots(statements, traits, decided)
  return outcomes
}

/** No event id is empty, so an inspection with this one finds the slot alone. */
const NONE = ''
