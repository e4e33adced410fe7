import type { RunIdentity } from '@harborage/core'

/** Names a conversation among those of one process. */
export function conversationKey({
  tenantId,
  userId,
  sessionId,
  runId,
}: Required<RunIdentity>): string {
  return JSON.stringify([tenantId, userId, sessionId, runId])
}
