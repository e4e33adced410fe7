import { type EventId, newEventId } from '@harborage/core'
import { changeRows, selectRows, pipeline, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { Condition, SlotKey } from '../state-driver.ts'
import { recordRow, slotColumns } from './rows.ts'
import type { MayBeExpired } from './row-columns.ts'
import type { StateStatements } from './statements.ts'
import type { StateRecordRow } from './tables.ts'
import type { SlotChange } from './touched-slots.ts'

/**
 * Writes the changed slots of a commit and locks the others until the transaction ends, in their
 * order, if each holds what is expected.
 *
 * @throws WriteConflict if a slot does not hold what is expected, or has already replaced the event
 * id to save.
 */
export function* applySlots(
  statements: StateStatements,
  slots: readonly SlotChange[],
): SqlWork<void> {
  const changes = slots.map(rowChange)
  // The trail of a new row is just the mark of its event id.
  const marks = changes.map(({ row }) => row?.event_trail ?? '').join('')
  const works = changes.map((change) => applyChange(statements, change, marks))
  const counts = yield* pipeline(works)
  if (counts.includes(0)) throw new WriteConflict()
}

/** Returns the change that empties a slot, whether or not its record has expired. */
export function emptied(slot: SlotKey, expected: EventId | null): EmptiedSlot {
  return {
    slot,
    expected,
    record: undefined,
    isFilled: false,
    isDeleted: true,
    mayBeExpired: true,
  }
}

/** A change without a record. */
type EmptiedSlot = Extract<SlotChange, { readonly record: undefined }>

/** A change with the row to save. The row is made once, since it takes a digest. */
type RowChange = MayBeExpired & RowToChange

type RowToChange =
  | { readonly row: StateRecordRow; readonly expected: Condition; readonly isFilled: boolean }
  | {
      readonly row: undefined
      readonly slot: SlotKey
      readonly expected: EventId | null
      readonly isDeleted: boolean
    }

function rowChange(change: SlotChange): RowChange {
  const { slot, expected, record, isFilled, isDeleted, mayBeExpired } = change
  const may_be_expired = mayBeExpired ? 1 : 0
  if (record !== undefined) return { row: recordRow(record), expected, isFilled, may_be_expired }
  return { row: undefined, slot, expected, isDeleted, may_be_expired }
}

function applyChange(
  statements: StateStatements,
  change: RowChange,
  marks: string,
): SqlWork<number> {
  const { may_be_expired } = change
  if (change.row !== undefined) {
    const { row, expected, isFilled } = change
    if (expected === undefined && !isFilled) {
      return changeRows(statements.saveInCommit, { ...row, commit_marks: marks })
    }
    return expected === null || expected === undefined
      ? changeRows(statements.saveIntoEmpty, { ...row, commit_marks: marks })
      : changeRows(statements.saveOver, { ...row, expected_event_id: expected, may_be_expired })
  }
  const { slot, expected, isDeleted } = change
  if (expected === null) return keepEmpty(statements, slot)
  const generation = { ...slotColumns(slot), event_id: expected, may_be_expired }
  return isDeleted
    ? changeRows(statements.deleteGeneration, generation)
    : countRows(selectRows(statements.lock, generation))
}

/**
 * Keeps a slot empty until the transaction ends. Returns 0 if it is full. It may return 0 if its
 * record has expired: that row has to be read, and locked as such.
 */
export function* keepEmpty(
  statements: StateStatements,
  { identity, kind }: SlotKey,
): SqlWork<number> {
  const at = slotColumns({ identity, kind })
  const placeholder = {
    identity,
    kind,
    eventId: newEventId(),
    bytes: new Uint8Array(),
    version: 0,
    updatedAt: new Date(0),
    expiresAt: undefined,
  }
  const row = recordRow(placeholder)
  const isEmpty = yield* statements.dialect.keepEmpty({
    find: () => countRows(selectRows(statements.load, at)),
    fill: () => changeRows(statements.insert, row),
    clear: () => changeRows(statements.deleteGeneration, { ...row, may_be_expired: 0 }),
  })
  return isEmpty ? 1 : 0
}

function* countRows(select: SqlWork<readonly unknown[]>): SqlWork<number> {
  const rows = yield* select
  return rows.length
}
