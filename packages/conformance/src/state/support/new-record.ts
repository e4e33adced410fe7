import { newEventId } from '@harborage/core'
import type { NewStateRecord, Slot } from '@harborage/state'
import { bytesOf } from '../../support/text-bytes.ts'

/** Returns a record for the slot, with a new event id. */
export function newRecord(slot: Slot, text: string = 'content'): NewStateRecord {
  const { identity, kind } = slot
  return { eventId: newEventId(), identity, kind, bytes: bytesOf(text) }
}
