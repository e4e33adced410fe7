import { randomUUID } from 'node:crypto'
import type { RunIdentity } from '@harborage/core'
import type { Slot } from '@harborage/state'

/** An identity of a tenant that no other case uses. */
export function freshIdentity(): Required<RunIdentity> {
  return { tenantId: `tenant-${randomUUID()}`, userId: 'ann', sessionId: 'first', runId: 'run' }
}

/** A beginning of kinds that no other case uses. */
export function freshKindPrefix(): string {
  return `kind-${randomUUID()}.`
}

/** A slot whose run is given. */
export interface RunSlot extends Slot {
  readonly identity: Required<RunIdentity>
}

/** An empty slot that no other case uses. */
export function freshSlot(): RunSlot {
  return { identity: freshIdentity(), kind: 'task.checkpoint' }
}
