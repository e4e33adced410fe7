import { type ErrorCode, newEventId, type RunIdentity } from '@harborage/core'
import type { NewStateRecord } from '@harborage/state'
import { freshSlot, type RunSlot } from './fresh-slot.ts'
import { malformed } from '../../support/malformed.ts'
import { bytesOf } from '../../support/text-bytes.ts'

/** A part of a record that holds a name. */
export interface NamedPart {
  readonly name: keyof RunIdentity | 'kind' | 'eventId'
  readonly maxBytes: number
  /** The error for an invalid name. */
  readonly errorCode: ErrorCode
}

/** The parts that identify a slot. */
export const slotParts: readonly NamedPart[] = [
  { name: 'tenantId', maxBytes: 256, errorCode: 'invalid_identity' },
  { name: 'userId', maxBytes: 256, errorCode: 'invalid_identity' },
  { name: 'sessionId', maxBytes: 256, errorCode: 'invalid_identity' },
  { name: 'runId', maxBytes: 256, errorCode: 'invalid_identity' },
  { name: 'kind', maxBytes: 1_024, errorCode: 'invalid_record' },
]

export const namedParts: readonly NamedPart[] = [
  ...slotParts,
  { name: 'eventId', maxBytes: 128, errorCode: 'invalid_record' },
]

/** Returns a record with the text as one part, in a slot that no other case uses. */
export function recordWith(
  part: NamedPart,
  text: string,
  slot: RunSlot = freshSlot(),
): NewStateRecord {
  const { identity, kind } = slot
  const record = { eventId: newEventId(), identity, kind, bytes: bytesOf(text) }
  if (part.name === 'eventId') return { ...record, eventId: malformed(text) }
  if (part.name === 'kind') return { ...record, kind: text }
  if (part.name !== 'tenantId') {
    return { ...record, identity: { ...identity, [part.name]: text } }
  }
  // Only the tenant was unique to this case. Now the user has to be.
  return { ...record, identity: { ...identity, userId: identity.tenantId, tenantId: text } }
}
