import { types } from 'node:util'
import { type EventId, HarborageError, parseEventId } from '@harborage/core'
import type { SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import { expiresAtOf } from './expiry.ts'
import type { ContentColumns } from './row-columns.ts'
import { NOT_RECORDED, type StateRecordRow } from './tables.ts'

/** The largest distance of a date from 1970, in milliseconds. */
const MAX_TIME = 8_640_000_000_000_000

/**
 * Returns the record of a row whose slot is known. It is made in one step: a list makes thousands.
 *
 * @throws `store_unavailable`, not retryable, if the row is damaged.
 */
export function recordAt(
  { tenantId, userId, sessionId, runId }: SlotKey['identity'],
  kind: string,
  row: ContentColumns,
): StateRecord {
  const { version, bytes, updated_at: time, created_at: created, expiry } = row
  const expiresAt = expiry === '' ? undefined : expiresAtOf(row)
  const isSound =
    Number.isSafeInteger(version) &&
    version >= 0 &&
    types.isUint8Array(bytes) &&
    isTime(time) &&
    (created === NOT_RECORDED || isTime(created)) &&
    (expiresAt === undefined || isTime(expiresAt.getTime()))
  if (!isSound) throw damagedRow()
  return {
    eventId: eventIdOf(row),
    // Written out: spreading a frozen object takes longer.
    identity: { tenantId, userId, sessionId, runId },
    kind,
    bytes,
    version,
    updatedAt: new Date(time),
    createdAt: new Date(created === NOT_RECORDED ? time : created),
    expiresAt,
  }
}

function isTime(time: unknown): boolean {
  return typeof time === 'number' && Math.abs(time) <= MAX_TIME
}

/**
 * Returns the event id of a row.
 *
 * @throws `store_unavailable`, not retryable, if the event id is damaged.
 */
export function eventIdOf({ event_id: text }: Pick<StateRecordRow, 'event_id'>): EventId {
  try {
    return parseEventId(text)
  } catch {
    // Without the cause, which advises to make another id.
    throw damagedRow()
  }
}

function damagedRow(): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'the row of a slot is damaged: restore it from a backup, or delete the slot and save it again',
    { retryable: false },
  )
}
