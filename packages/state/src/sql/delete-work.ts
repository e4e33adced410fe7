import type { EventId, Subtree } from '@harborage/core'
import {
  ownerColumns,
  pipeline,
  refuseToRepeat,
  selectRows,
  type SqlWork,
} from '@harborage/core/sql'
import { decideDelete, type HeldId } from '../decide.ts'
import type { SlotKey } from '../state-driver.ts'
import { applySlots, emptied, keepEmpty } from './apply-slots.ts'
import type { ExpiredColumn } from './row-columns.ts'
import { decideOrOutcomeUnknown, unknownOutcome } from './lost-answer.ts'
import { slotColumns } from './rows.ts'
import type { EventColumn, StateStatements } from './statements.ts'
import { eventIdOf } from './stored-content.ts'
import { sweepGuard } from './sweep-guard.ts'

/**
 * Empties a slot and returns whether it held anything. Others cannot fill it until the transaction
 * ends.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws WriteConflict if others changed the slot in between. `condition_failed` as
 * `decideDelete`. `outcome_unknown` if an earlier attempt may have been applied, and the slot does
 * not show whether it was. `store_unavailable` if the row is damaged.
 */
export function* deleteWork(
  statements: StateStatements,
  slot: SlotKey,
  ifEventId: EventId | undefined,
  mayBeApplied: boolean,
): SqlWork<boolean> {
  const rows = yield* selectRows(statements.findEventId, slotColumns(slot))
  const held = generationIn(rows)
  const isThere = decideOrOutcomeUnknown(() => decideDelete(held, ifEventId), mayBeApplied)
  // Only the expected event id, if it is still there, proves that the slot was not emptied before.
  if (mayBeApplied && !(isThere && ifEventId !== undefined)) throw unknownOutcome(undefined)
  const expected = held?.eventId ?? null
  yield* applySlots(statements, [{ ...emptied(slot, expected), isDeleted: isThere }])
  return isThere
}

/**
 * Empties every slot of a run or a session, and returns how many held something.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so.
 */
export function* deleteAllWork(
  statements: StateStatements,
  subtree: Subtree<'run' | 'session'>,
  mayBeApplied: boolean,
): SqlWork<number> {
  const { dialect, removals } = statements
  refuseToRepeat(mayBeApplied)
  const [, removed = 0] = yield* pipeline([
    keepEmpty(statements, sweepGuard(subtree)),
    dialect.removeAll(removals[subtree.level], ownerColumns(subtree)),
  ])
  return removed
}

/** Returns the event id in the one row that was read of a slot, or `undefined` if there is none. */
export function generationIn([row]: readonly (EventColumn & ExpiredColumn)[]): HeldId | undefined {
  return row && { eventId: eventIdOf(row), isExpired: row.is_expired === 1 }
}
