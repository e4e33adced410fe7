import { randomUUID } from 'node:crypto'
import type { RunIdentity } from '@harborage/core'

/** An identity of a tenant that no other case uses. */
export function freshSession(): Required<RunIdentity> {
  return { tenantId: `tenant-${randomUUID()}`, userId: 'ann', sessionId: 'first', runId: 'run' }
}
