import { randomUUID } from 'node:crypto'
import type { RunIdentity } from '@harborage/core'

/** Returns an identity of a tenant that no other case uses. */
export function freshIdentity(): Required<RunIdentity> {
  return { tenantId: `tenant-${randomUUID()}`, userId: 'ann', sessionId: 'first', runId: 'run' }
}
