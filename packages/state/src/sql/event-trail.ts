import { trailMark } from '../event-mark.ts'
import { REMEMBERED_EVENT_IDS } from '../state-record.ts'

/** Ends each mark of a trail. */
const END = ','

/** The length of a mark in a trail. */
export const MARK_CHARACTERS: number = trailMark('').length

/** The largest length of a trail: the marks of the current event id and of all remembered ones. */
export const TRAIL_CHARACTERS: number = MARK_CHARACTERS * (REMEMBERED_EVENT_IDS + 1)

/** Returns the trail of an event id and the marks of those that it replaced, newest first. */
export function trailOf(eventId: string, replaced: readonly string[]): string {
  return trailMark(eventId) + replaced.map((mark) => `${mark}${END}`).join('')
}

/** Returns the marks of the replaced event ids in a trail, newest first. */
export function replacedIn(trail: string): readonly string[] {
  return trail.split(END).slice(1, -1)
}
