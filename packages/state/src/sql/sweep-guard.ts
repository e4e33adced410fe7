import type { Identity } from '@harborage/core'
import type { SlotKey } from '../state-driver.ts'

/**
 * Returns a place in a session that every work locks first which empties what it finds there, so
 * that such works come one after the other. What they find is not locked: each of two could miss
 * what the other saves.
 */
export function sweepGuard({ tenantId, userId, sessionId }: Identity): SlotKey {
  // No slot has an empty kind.
  return { identity: { tenantId, userId, sessionId, runId: '' }, kind: '' }
}
