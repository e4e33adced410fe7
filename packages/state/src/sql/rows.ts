import type { CheckedRecord, SlotKey } from '../state-driver.ts'
import type { StateKey, StateRecord } from '../state-record.ts'
import { trailMark } from '../event-mark.ts'
import { expiryOf } from './expiry.ts'
import type { KeyRow, RecordColumns, SlotColumns } from './row-columns.ts'
import { recordAt } from './stored-content.ts'
import type { StateRecordRow } from './tables.ts'

/** Returns the columns that name a slot. */
export function slotColumns({ identity, kind }: SlotKey): SlotColumns {
  const { tenantId, userId, sessionId, runId } = identity
  return { tenant_id: tenantId, user_id: userId, session_id: sessionId, run_id: runId, kind }
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
  const { expiresAt } = record
  return {
    ...slotColumns(record),
    event_id: record.eventId,
    version: record.version,
    updated_at: record.updatedAt.getTime(),
    event_trail: trailMark(record.eventId),
    created_at: record.updatedAt.getTime(),
    expiry: expiresAt === undefined ? '' : expiryOf(record.eventId, expiresAt),
    bytes: record.bytes,
  }
}

/** Returns the key of a row whose identity is known. Throws as {@link recordAt} does. */
export function keyAt(owner: SlotKey['identity'], row: KeyRow): StateKey {
  const { bytes: _, ...key } = recordAt(owner, row.kind, { ...row, bytes: NONE })
  return { ...key, size: row.size }
}

const NONE = new Uint8Array()

/** Returns the record of a row with its slot, like {@link recordAt}. */
export function recordOf(row: RecordColumns): StateRecord {
  const { identity, kind } = slotKeyOf(row)
  return recordAt(identity, kind, row)
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
