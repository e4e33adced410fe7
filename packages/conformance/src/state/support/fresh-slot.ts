import { randomUUID } from 'node:crypto'
import type { RunIdentity } from '@harborage/core'
import type { Slot } from '@harborage/state'
import { freshIdentity } from '../../support/fresh-identity.ts'

/** Returns a prefix of kinds that no other case uses. */
export function freshKindPrefix(): string {
  return `kind-${randomUUID()}.`
}

/** A slot with a `runId`. */
export interface RunSlot extends Slot {
  readonly identity: Required<RunIdentity>
}

/** Returns an empty slot that no other case uses. */
export function freshSlot(): RunSlot {
  return { identity: freshIdentity(), kind: 'task.checkpoint' }
}
