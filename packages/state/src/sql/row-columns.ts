import { sessionOf, type SessionColumns, type WriteTraits } from '@harborage/core/sql'
import type { StateRecordRow } from './tables.ts'

/** The columns that name a slot. */
export type SlotColumns = SessionColumns & Pick<StateRecordRow, 'run_id' | 'kind'>

/** What a slot holds, for the caller. */
export type ContentColumns = Pick<StateRecordRow, 'event_id' | 'version' | 'updated_at' | 'bytes'>

/** A row with its place. */
export type PlacedColumns = SlotColumns & ContentColumns

/** The names of the columns that name a slot. */
export const slot = ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'] as const

/** Just the columns of a slot, as {@link sessionOf}. */
export function slotOf(at: SlotColumns): SlotColumns {
  return { ...sessionOf(at), run_id: at.run_id, kind: at.kind }
}

/** Just the columns of a row. */
export function rowOf(row: StateRecordRow): StateRecordRow {
  const { event_id, version, updated_at, event_trail, bytes } = row
  return { ...slotOf(row), event_id, version, updated_at, event_trail, bytes }
}

/** About what a row sends beside its bytes. */
const OTHER_BYTES = 256

/** Names a slot as `slotId` does, by which commits sort: so no other write can deadlock with them. */
export function slotKey({ tenant_id, user_id, session_id, run_id, kind }: SlotColumns): string {
  return JSON.stringify([tenant_id, user_id, session_id, run_id, kind])
}

/** What statements that write to a slot say of themselves. */
export const ofSlot: WriteTraits<SlotColumns> = { keysOf: (at) => [slotKey(at)] }

/** What statements that save a row say of themselves. */
export const ofRow: Required<WriteTraits<StateRecordRow>> = {
  keysOf: (row) => [slotKey(row), row.event_id],
  sizeOf: ({ bytes }) => bytes.length + OTHER_BYTES,
}

/** What statements that save many rows say of themselves. */
export const ofRows: WriteTraits<readonly StateRecordRow[]> = {
  keysOf: (rows) => rows.flatMap(ofRow.keysOf),
  sizeOf: (rows) => rows.reduce((sum, row) => sum + ofRow.sizeOf(row), 0),
}

/** The names of the columns of {@link ContentColumns}. */
export const content = ['event_id', 'version', 'updated_at', 'bytes'] as const

/** The names of the columns of {@link PlacedColumns}. */
export const placed: readonly [...typeof slot, ...typeof content] = [...slot, ...content]
