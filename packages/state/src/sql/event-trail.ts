import { hash } from 'node:crypto'
import { REMEMBERED_EVENT_IDS } from '../state-record.ts'

const DIGEST_CHARACTERS = 11

/** How long a mark is, its separator included. */
export const MARK_CHARACTERS: number = DIGEST_CHARACTERS + 1

/** How long a trail grows: the mark of the current event id and of each one that is remembered. */
export const TRAIL_CHARACTERS: number = MARK_CHARACTERS * (REMEMBERED_EVENT_IDS + 1)

/**
 * A short stand-in for an event id in a slot's trail: 66 bits of its SHA-256, and a separator that keeps one mark from
 * being found across two others. The database can look for it and put it in front within the statement that saves.
 */
export function eventMark(eventId: string): string {
  return `${hash('sha256', eventId, 'base64url').slice(0, DIGEST_CHARACTERS)},`
}
