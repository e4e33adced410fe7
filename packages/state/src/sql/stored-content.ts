import { types } from 'node:util'
import { type EventId, HarborageError, parseEventId } from '@harborage/core'
import type { StateRecord } from '../state-record.ts'
import type { ContentColumns } from './row-columns.ts'
import { NOT_RECORDED, type StateRecordRow } from './tables.ts'

/**
 * Returns the content of a row.
 *
 * @throws `store_unavailable`, not retryable, if the row is damaged.
 */
export function contentOf(row: ContentColumns): Omit<StateRecord, 'identity' | 'kind'> {
  const { version, bytes, updated_at: time, created_at: created } = row
  const updatedAt = new Date(time)
  const createdAt = new Date(created === NOT_RECORDED ? time : created)
  const isSound =
    Number.isSafeInteger(version) &&
    version >= 0 &&
    types.isUint8Array(bytes) &&
    typeof time === 'number' &&
    !Number.isNaN(updatedAt.getTime()) &&
    typeof created === 'number' &&
    !Number.isNaN(createdAt.getTime())
  if (!isSound) throw damagedRow()
  return { eventId: eventIdOf(row), bytes, version, updatedAt, createdAt }
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
