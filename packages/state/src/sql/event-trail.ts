import { hash } from 'node:crypto'
import { REMEMBERED_EVENT_IDS } from '../state-record.ts'

const DIGEST_CHARACTERS = 11

/** The length of a mark, including its separator. */
export const MARK_CHARACTERS: number = DIGEST_CHARACTERS + 1

/** The largest length of a trail: the marks of the current event id and of all remembered ones. */
export const TRAIL_CHARACTERS: number = MARK_CHARACTERS * (REMEMBERED_EVENT_IDS + 1)

/**
 * Returns a short digest of an event id for a slot's trail: 66 bits of its SHA-256, and a
 * separator, so that a search cannot match across two marks. A save searches and extends the trail
 * within its one statement.
 */
export function eventMark(eventId: string): string {
  return `${hash('sha256', eventId, 'base64url').slice(0, DIGEST_CHARACTERS)},`
}
