import type { SessionColumns, WriteTraits } from '@harborage/core/sql'
import { stateRecords, type StateRecordRow } from './tables.ts'

/** The columns that name a slot. */
export type SlotColumns = SessionColumns & Pick<StateRecordRow, 'run_id' | 'kind'>

/** What a slot holds, for the caller. */
export type ContentColumns = Pick<StateRecordRow, 'event_id' | 'version' | 'updated_at' | 'bytes'>

/** A row with its place. */
export type PlacedColumns = SlotColumns & ContentColumns

/** What a page holds of a slot: without its bytes if there are too many of them. */
export interface PagedColumns extends Omit<ContentColumns, 'bytes'> {
  readonly bytes: Uint8Array | null
}

/** A row of a page, with its kind. */
export type PagedKind = Pick<SlotColumns, 'kind'> & PagedColumns

/** A row of a page, with its place. */
export type PagedSlot = SlotColumns & PagedColumns

/** A row that only says how many bytes a slot holds. */
export interface SizeColumn {
  readonly size: number
}

/** The marks of all event ids that a commit saves, one after the other. */
export interface CommitMarks {
  readonly commit_marks: string
}

/**
 * What statements that write to a slot say of themselves: by its name commits sort, so none
 * deadlocks with them.
 */
export const ofSlot: WriteTraits<SlotColumns> = { keysOf: (at) => [stateRecords.keyText(at)] }

/** What statements that save a row say of themselves. */
export const ofRow: Required<WriteTraits<StateRecordRow>> = {
  keysOf: (row) => [stateRecords.keyText(row), row.event_id],
  sizeOf: stateRecords.sizeOf,
}

/** What statements that save many rows say of themselves. */
export const ofRows: WriteTraits<readonly StateRecordRow[]> = {
  keysOf: (rows) => rows.flatMap(ofRow.keysOf),
  sizeOf: (rows) => rows.reduce((sum, row) => sum + ofRow.sizeOf(row), 0),
}

/** The names of the columns of {@link ContentColumns}. */
export const content: readonly (keyof ContentColumns)[] = stateRecords.except(
  ...stateRecords.key,
  'event_trail',
)

/** The names of the columns of {@link PlacedColumns}. */
export const placed: readonly (keyof PlacedColumns)[] = stateRecords.except('event_trail')
