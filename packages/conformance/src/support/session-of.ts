import type { Identity } from '@harborage/core'

/** The session of a scope, of all its tasks. */
export function sessionOf({ tenantId, userId, sessionId }: Identity): Identity {
  return { tenantId, userId, sessionId }
}
