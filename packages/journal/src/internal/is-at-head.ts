import type { ExaminedHead, HeadMark } from '../journal-driver.ts'

/** Returns whether the head of a stream is as it was found. */
export function isAtHead(head: HeadMark | undefined, found: HeadMark): boolean {
  return head?.generation === found.generation && head.position === found.position
}

/** Returns whether the head of a stream and its expiry are as they were found. */
export function isAsExamined(head: ExaminedHead | undefined, found: ExaminedHead): boolean {
  return isAtHead(head, found) && head?.expiresAt?.getTime() === found.expiresAt?.getTime()
}
