import { type ErrorCode, newEventId, type RunIdentity } from '@harborage/core'
import type { NewStateRecord } from '@harborage/state'
import { freshSlot, type RunSlot } from './fresh-slot.ts'
import { malformed } from '../../support/malformed.ts'
import { bytesOf } from '../../support/text-bytes.ts'

/** One of the places of a record that a text names. */
export interface NamedPart {
  readonly name: keyof RunIdentity | 'kind' | 'eventId'
  readonly maxBytes: number
  /** The error for a text that names nothing. */
  readonly refusal: ErrorCode
}

/** The places that make up a slot. */
export const slotParts: readonly NamedPart[] = [
  { name: 'tenantId', maxBytes: 256, refusal: 'invalid_identity' },
  { name: 'userId', maxBytes: 256, refusal: 'invalid_identity' },
  { name: 'sessionId', maxBytes: 256, refusal: 'invalid_identity' },
  { name: 'runId', maxBytes: 256, refusal: 'invalid_identity' },
  { name: 'kind', maxBytes: 256, refusal: 'invalid_record' },
]

export const namedParts: readonly NamedPart[] = [
  ...slotParts,
  { name: 'eventId', maxBytes: 128, refusal: 'invalid_record' },
]

/** A record in a slot that no other case uses, whichever part the text is. */
export function recordNamed(
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
  // The tenant was what no other case uses; now the user has to be.
  return { ...record, identity: { ...identity, userId: identity.tenantId, tenantId: text } }
}
