import type { RunIdentity, Subtree } from '@harborage/core'

/**
 * Returns whether the owner of a slot is within a subtree. For drivers without a query language.
 */
export function isWithin(owner: Required<RunIdentity>, subtree: Subtree): boolean {
  const { level, tenantId, userId, sessionId, runId } = subtree
  if (owner.tenantId !== tenantId) return false
  if (level === 'tenant') return true
  if (owner.userId !== userId) return false
  if (level === 'user') return true
  if (owner.sessionId !== sessionId) return false
  return level === 'session' || owner.runId === runId
}
