import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulid'
import { HarborageError } from './harborage-error.ts'
import { checkName, MAX_EVENT_ID_BYTES } from './kit/argument-checks.ts'

declare const brand: unique symbol

/**
 * The idempotency key of one save: a caller's ULID.
 *
 * Make one with {@link newEventId} before the first attempt and repeat it with every retry of that save.
 */
export type EventId = string & { readonly [brand]: 'EventId' }

/** Random numbers that were made in one go: one by one they cost more than the rest of a save. */
const random = new Uint32Array(256)
let used = random.length

const nextUlid = monotonicFactory(randomFraction)

/** Returns a number from 0 to below 1. */
function randomFraction(): number {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const value = random[used] ?? 0
  used += 1
  return value / 2 ** 32
}

/** Makes a new {@link EventId}: a ULID, larger than every earlier one of this process. */
export function newEventId(): EventId {
  return nextUlid() as EventId
}

/**
 * Takes an event id that was stored or sent as a string: 1 to 128 UTF-8 bytes, well-formed, without NUL.
 *
 * @throws `invalid_record` if it is malformed.
 *
 * @example
 * ```ts
 * import { parseEventId } from '@harborage/core'
 *
 * const eventId = parseEventId('01JZ6Q5V3M6Q8N1T4W7Y9B2C5D')
 * ```
 */
export function parseEventId(text: string): EventId {
  return checkEventId('eventId', text)
}

/** As {@link parseEventId}, for a value of unknown type; the error names the given field. */
export function checkEventId(field: string, value: unknown): EventId {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError(
      'invalid_record',
      `${field} is missing or empty: make one with newEventId()`,
    )
  }
  return checkName(field, value, 'invalid_record', MAX_EVENT_ID_BYTES) as EventId
}

/** From this length on the bytes of an id are counted. */
const COUNTED_LENGTH = MAX_EVENT_ID_BYTES / 3

/**
 * As {@link parseEventId}, for many that were stored together: short ones are looked at all at once.
 *
 * @throws `invalid_record` if one is malformed.
 */
export function parseEventIds(texts: readonly string[]): readonly EventId[] {
  const together = texts.join()
  const isSound = together.isWellFormed() && !together.includes('\0')
  for (const text of texts) {
    if (!isSound || text === '' || text.length > COUNTED_LENGTH) parseEventId(text)
  }
  return texts as readonly EventId[]
}
