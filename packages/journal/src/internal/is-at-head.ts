import type { HeadMark } from '../journal-driver.ts'

/** Returns whether the head of a stream is as it was found. */
export function isAtHead(head: HeadMark | undefined, found: HeadMark): boolean {
  return head?.generation === found.generation && head.position === found.position
}
