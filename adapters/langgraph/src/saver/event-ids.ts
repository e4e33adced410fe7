import { hash } from 'node:crypto'
import { type EventId, type Identity, parseEventId } from '@harborage/core'

/** The digits of a compact id that are the time of a UUID of version 6. */
const TIME_DIGITS = 8
/** 96 bits. */
const DIGEST_DIGITS = 16

/**
 * Returns the event id of a slot's content. A repeated save of equal content has the same event id.
 * It begins with the time of the checkpoint, so that the event ids of a run are neighbors in an
 * index.
 *
 * @param compact The compact id of the checkpoint.
 */
export function eventIdOf(
  compact: string,
  session: Identity,
  kind: string,
  content: Uint8Array,
): EventId {
  const { tenantId, userId, sessionId } = session
  const names = Buffer.from(`\0${tenantId}\0${userId}\0${sessionId}\0${kind}`)
  const digest = hash('sha256', Buffer.concat([content, names]), 'base64url')
  return parseEventId(compact.slice(0, TIME_DIGITS) + digest.slice(0, DIGEST_DIGITS))
}
