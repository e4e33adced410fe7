import { newEventId } from '@harborage/core'
import type { NewStateRecord, Slot } from '@harborage/state'
import { bytesOf } from '../../support/text-bytes.ts'

/** A record for the slot, with an event id of its own. */
export function newRecord(slot: Slot, text: string = 'content'): NewStateRecord {
  const { identity, kind } = slot
  return { eventId: newEventId(), identity, kind, bytes: bytesOf(text) }
}
