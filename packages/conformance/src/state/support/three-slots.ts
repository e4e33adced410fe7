import { freshIdentity } from '../../support/fresh-identity.ts'
import type { RunSlot } from './fresh-slot.ts'

/** Returns three empty slots of one run that no other case uses. */
export function threeSlots(): readonly [RunSlot, RunSlot, RunSlot] {
  const identity = freshIdentity()
  return [
    { identity, kind: 'task.a' },
    { identity, kind: 'task.b' },
    { identity, kind: 'task.c' },
  ]
}
