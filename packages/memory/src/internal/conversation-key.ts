import type { RunIdentity } from '@harborage/core'

/** Returns a string that is unique to the conversation, for use as the key of a map. */
export function conversationKey({
  tenantId,
  userId,
  sessionId,
  runId,
}: Required<RunIdentity>): string {
  return JSON.stringify([tenantId, userId, sessionId, runId])
}
