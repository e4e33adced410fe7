import { sessionColumns } from '@harborage/core/sql'
import type { CheckedRecord, SlotKey } from '../state-driver.ts'
import type { StateKey, StateRecord } from '../state-record.ts'
import { eventMark } from './event-trail.ts'
import type { ContentColumns, KeyRow, RecordColumns, SlotColumns } from './row-columns.ts'
import { contentOf } from './stored-content.ts'
import type { StateRecordRow } from './tables.ts'

/** Returns the columns that name a slot. */
export function slotColumns({ identity, kind }: SlotKey): SlotColumns {
  return { ...sessionColumns(identity), run_id: identity.runId, kind }
}

/** Returns whether two identities are of the same run. */
export function isSameRun(left: SlotKey['identity'], right: SlotKey['identity']): boolean {
  return (
    left === right ||
    (left.tenantId === right.tenantId &&
      left.userId === right.userId &&
      left.sessionId === right.sessionId &&
      left.runId === right.runId)
  )
}

/** Returns the row of a new record. */
export function recordRow(record: CheckedRecord): StateRecordRow {
  return {
    ...slotColumns(record),
    event_id: record.eventId,
    version: record.version,
    updated_at: record.updatedAt.getTime(),
    event_trail: eventMark(record.eventId),
    created_at: record.updatedAt.getTime(),
    bytes: record.bytes,
  }
}

/**
 * Returns the record of a row whose slot is known.
 *
 * @throws `store_unavailable`, not retryable, if the row is damaged.
 */
export function recordAt(slot: SlotKey, row: ContentColumns): StateRecord {
  const { eventId, bytes, version, updatedAt, createdAt } = contentOf(row)
  const { identity, kind } = slot
  return { eventId, identity: { ...identity }, kind, bytes, version, updatedAt, createdAt }
}

/** Returns the key of a row whose identity is known. Throws as {@link recordAt} does. */
export function keyAt(identity: SlotKey['identity'], row: KeyRow): StateKey {
  const { eventId, version, updatedAt, createdAt } = contentOf({ ...row, bytes: NONE })
  const { kind, size } = row
  return { eventId, identity: { ...identity }, kind, version, updatedAt, createdAt, size }
}

const NONE = new Uint8Array()

/** Returns the record of a row with its slot, like {@link recordAt}. */
export function recordOf(row: RecordColumns): StateRecord {
  return recordAt(slotKeyOf(row), row)
}

/** Returns the slot of a row. */
export function slotKeyOf(row: SlotColumns): SlotKey {
  const identity = {
    tenantId: row.tenant_id,
    userId: row.user_id,
    sessionId: row.session_id,
    runId: row.run_id,
  }
  return { identity, kind: row.kind }
}

/** Returns whether a row is that of a slot. */
export function isSlot(row: SlotColumns, { identity, kind }: SlotKey): boolean {
  return (
    row.tenant_id === identity.tenantId &&
    row.user_id === identity.userId &&
    row.session_id === identity.sessionId &&
    row.run_id === identity.runId &&
    row.kind === kind
  )
}
