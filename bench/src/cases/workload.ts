import { randomBytes } from 'node:crypto'

import { type EventId, newEventId } from '@harborage/core'
import type { NewStateRecord } from '@harborage/state'

import type { Payload, Place } from '../contenders/slot-store.ts'

/** The slots of the cases that overwrite and read: 100 sessions of 10 tenants. */
export const SLOTS = 1000
export const PAYLOAD_BYTES = 1024

/** Returns `count` slots that are spread over tenants, users and sessions. */
export function spreadPlaces(count: number, tenants: number): readonly Place[] {
  return Array.from({ length: count }, (_, index) => {
    const tenantId = `tenant-${index % tenants}`
    const userId = `user-${index % 50}`
    const sessionId = `session-${Math.floor(index / 10)}`
    const kind = `task.checkpoint-${index % 10}`
    return placeOf({ tenantId, userId, sessionId, runId: '' }, kind)
  })
}

/** Returns `count` slots of one session. */
export function placesOfOneSession(count: number): readonly Place[] {
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: '' }
  return Array.from({ length: count }, (_, index) =>
    placeOf(identity, `task.checkpoint-${String(index).padStart(7, '0')}`),
  )
}

function placeOf(identity: Place['identity'], kind: string): Place {
  const { tenantId, userId, sessionId } = identity
  return { identity, kind, key: `${tenantId}:${userId}:${sessionId}:${kind}` }
}

/** Returns random bytes, so that no contender gains from compression. */
export function newPayload(): Payload {
  const bytes = new Uint8Array(randomBytes(PAYLOAD_BYTES))
  const text = Buffer.from(bytes).toString('base64').slice(0, PAYLOAD_BYTES)
  return { bytes, text }
}

export function newEventIds(count: number): readonly EventId[] {
  return Array.from({ length: count }, () => newEventId())
}

/** Returns a new record for each slot. */
export function newRecords(
  places: readonly Place[],
  { bytes }: Payload,
): readonly NewStateRecord[] {
  return places.map(({ identity, kind }) => ({ eventId: newEventId(), identity, kind, bytes }))
}

/** Returns the item at this index of an endless repetition of the items. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new RangeError('there are no items')
  return item
}

/** Throws unless a contender returned the payload that was saved. */
export function mustEqual(found: unknown, { bytes, text }: Payload): void {
  const same = found instanceof Uint8Array ? Buffer.compare(found, bytes) === 0 : found === text
  if (!same)
    throw new Error(
      found === undefined ? 'the payload is missing' : 'the payload differs from what was saved',
    )
}
