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

/** Returns the identity of a conversation by its {@link conversationKey}. */
export function identityOfKey(key: string): Required<RunIdentity> {
  const parts = JSON.parse(key) as readonly string[]
  const [tenantId = '', userId = '', sessionId = '', runId = ''] = parts
  return { tenantId, userId, sessionId, runId }
}
