import type { DumpedSlot } from '../dumped-slot.ts'

/** Returns whether two records of one slot have the same content, dates and memory. */
export function isSameDump(left: DumpedSlot, right: DumpedSlot): boolean {
  return (
    left.eventId === right.eventId &&
    left.version === right.version &&
    left.updatedAt.getTime() === right.updatedAt.getTime() &&
    left.createdAt.getTime() === right.createdAt.getTime() &&
    left.expiresAt?.getTime() === right.expiresAt?.getTime() &&
    left.replaced.join() === right.replaced.join() &&
    Buffer.compare(left.bytes, right.bytes) === 0
  )
}
