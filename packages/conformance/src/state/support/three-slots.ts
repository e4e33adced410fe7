import { freshIdentity, type RunSlot } from './fresh-slot.ts'

/** Three empty slots of one run that no other case uses. */
export function threeSlots(): readonly [RunSlot, RunSlot, RunSlot] {
  const identity = freshIdentity()
  return [
    { identity, kind: 'task.a' },
    { identity, kind: 'task.b' },
    { identity, kind: 'task.c' },
  ]
}
