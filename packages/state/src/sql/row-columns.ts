import { sessionOf, type SessionColumns } from '@harborage/core/sql'
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

/** The names of the columns of {@link ContentColumns}. */
export const content = ['event_id', 'version', 'updated_at', 'bytes'] as const

/** The names of the columns of {@link PlacedColumns}. */
export const placed: readonly [...typeof slot, ...typeof content] = [...slot, ...content]
