import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulid'
import { HarborageError } from './harborage-error.ts'
import { checkName, MAX_EVENT_ID_BYTES } from './kit/argument-checks.ts'

declare const brand: unique symbol

/**
 * The idempotency key of one save, usually a ULID.
 *
 * Create one with {@link newEventId} before the first attempt, and pass the same one with every
 * retry of that save.
 */
export type EventId = string & { readonly [brand]: 'EventId' }

/** Random numbers, generated 256 at a time: one by one they cost more than the rest of a save. */
const random = new Uint32Array(256)
let used = random.length

const nextUlid = monotonicFactory(randomFraction)

/** Returns a random number of at least 0 and less than 1. */
function randomFraction(): number {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const value = random[used] ?? 0
  used += 1
  return value / 2 ** 32
}

/**
 * Returns a new {@link EventId}: a ULID that sorts after every earlier one of this process.
 *
 * @example
 * ```ts
 * import { newEventId } from '@harborage/core'
 *
 * const eventId = newEventId() // before the first attempt; the same one for each retry
 * ```
 */
export function newEventId(): EventId {
  return nextUlid() as EventId
}

/**
 * Returns a string as an event id, for ids that were stored, sent or come from another system.
 *
 * @param text Well-formed Unicode of 1 to 128 UTF-8 bytes without NUL.
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

/**
 * Returns a value of unknown type as an event id.
 *
 * @param field The name of the value in error messages.
 * @param advice What to do if there is none. Default: to make one. Say where it comes from if it is
 * that of something stored.
 * @throws `invalid_record` if it is malformed.
 */
export function checkEventId(
  field: string,
  value: unknown,
  advice = 'make one with newEventId()',
): EventId {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError('invalid_record', `${field} is missing or empty: ${advice}`)
  }
  return checkName(field, value, 'invalid_record', MAX_EVENT_ID_BYTES) as EventId
}

/** The length from which on the bytes of an id have to be counted. */
const COUNTED_LENGTH = MAX_EVENT_ID_BYTES / 3

/**
 * Returns strings that were stored together as event ids. Checks short ones in one pass, which is
 * faster than {@link parseEventId} for each.
 *
 * @param texts Each as for {@link parseEventId}.
 * @throws `invalid_record` if one is malformed.
 */
export function parseEventIds(texts: readonly string[]): readonly EventId[] {
  const joined = texts.join()
  const isSound = joined.isWellFormed() && !joined.includes('\0')
  for (const text of texts) {
    if (!isSound || text === '' || text.length > COUNTED_LENGTH) parseEventId(text)
  }
  return texts as readonly EventId[]
}
