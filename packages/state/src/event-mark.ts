import { hash } from 'node:crypto'

const DIGEST_CHARACTERS = 11

/** The form of an event mark. */
export const EVENT_MARK: RegExp = /^[\w\-]{11}$/v

/**
 * Returns the mark by which a slot remembers an event id that it replaced: 66 bits of its SHA-256,
 * in 11 characters of base64url.
 */
export function eventMark(eventId: string): string {
  return trailMark(eventId).slice(0, DIGEST_CHARACTERS)
}

/**
 * Returns the mark of an event id with a separator, so that a search in a trail of marks cannot
 * match across two of them. A save searches and extends the trail within its one statement.
 */
export function trailMark(eventId: string): string {
  return `${hash('sha256', eventId, 'base64url').slice(0, DIGEST_CHARACTERS)},`
}
