import type { SessionColumns, WriteTraits } from '@harborage/core/sql'
import { stateRecords, type StateRecordRow } from './tables.ts'

/** The columns that name a slot. */
export type SlotColumns = SessionColumns & Pick<StateRecordRow, 'run_id' | 'kind'>

/** The columns of a record besides its slot. */
export type ContentColumns = Pick<
  StateRecordRow,
  'event_id' | 'version' | 'updated_at' | 'created_at' | 'expiry' | 'bytes'
>

/** The columns of a record with its slot. */
export type RecordColumns = SlotColumns & ContentColumns

/** The content of a record in a page. */
export interface PagedColumns extends Omit<ContentColumns, 'bytes'> {
  /** `null` if there are too many of them for the page. */
  readonly bytes: Uint8Array | null
}

/** A row of a page of `list`. */
export type PagedKind = Pick<SlotColumns, 'kind'> & PagedColumns

/** A row of a page of `listKind`. */
export type PagedSlot = SlotColumns & PagedColumns

/** A row with only the size of a record. */
export interface SizeColumn {
  readonly size: number
}

/** A row of a page of `listKeys`. */
export type KeyRow = Pick<SlotColumns, 'kind'> & Omit<ContentColumns, 'bytes'> & SizeColumn

/** The marks of all event ids that a commit saves, concatenated. */
export interface CommitMarks {
  readonly commit_marks: string
}

/**
 * The traits of statements that write to a slot. Commits lock slots in the order of these keys, so
 * that no statement deadlocks with them.
 */
export const ofSlot: WriteTraits<SlotColumns> = { keysOf: (at) => [stateRecords.keyText(at)] }

/** The traits of statements that save a row. */
export const ofRow: Required<Omit<WriteTraits<StateRecordRow>, 'sharedKeysOf'>> = {
  keysOf: (row) => [stateRecords.keyText(row), row.event_id],
  sizeOf: stateRecords.sizeOf,
}

/** The traits of statements that save many rows. */
export const ofRows: WriteTraits<readonly StateRecordRow[]> = {
  keysOf: (rows) => rows.flatMap(ofRow.keysOf),
  sizeOf: (rows) => rows.reduce((sum, row) => sum + ofRow.sizeOf(row), 0),
}

/** The names of {@link ContentColumns}. */
export const contentColumns: readonly (keyof ContentColumns)[] = stateRecords.except(
  ...stateRecords.key,
  'event_trail',
)

/** The names of {@link RecordColumns}. */
export const recordColumns: readonly (keyof RecordColumns)[] = stateRecords.except('event_trail')

/** The names of {@link StateRecordRow}. */
// Never `select *`: a prepared statement has to keep working when a later migration adds columns.
export const rowColumns: readonly (keyof StateRecordRow)[] = [...recordColumns, 'event_trail']

/** A row of a session that is known. */
export type RunRow = Pick<SlotColumns, 'run_id' | 'kind'> & ContentColumns

/** The names of {@link RunRow}. */
export const runColumns: readonly (keyof RunRow)[] = stateRecords.except(
  'tenant_id',
  'user_id',
  'session_id',
  'event_trail',
)

/** Whether the record of a row has expired: 1 if so, else 0. */
export interface ExpiredColumn {
  readonly is_expired: number
}

/** Whether a statement also finds a record that has expired: 1 if so, else 0. */
export interface MayBeExpired {
  readonly may_be_expired: number
}
