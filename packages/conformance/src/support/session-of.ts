import type { Identity } from '@harborage/core'

/** Returns the identity of a scope or run: its session, without the task or run. */
export function sessionOf({ tenantId, userId, sessionId }: Identity): Identity {
  return { tenantId, userId, sessionId }
}
