import type { RunIdentity } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import type { SlotKey } from './state-driver.ts'

/**
 * Compares two slots in the order of `listKind`: by kind, tenant, user, session and run, each by
 * its UTF-8 bytes.
 *
 * @returns A negative number, 0 or a positive number, as `Array.prototype.sort` expects.
 */
export function compareSlots(left: SlotKey, right: SlotKey): number {
  return compareNames(left.kind, right.kind) || compareOwners(left.identity, right.identity)
}

/** Compares two owners by tenant, user, session and run, each by its UTF-8 bytes. */
export function compareOwners(left: Required<RunIdentity>, right: Required<RunIdentity>): number {
  return (
    compareNames(left.tenantId, right.tenantId) ||
    compareNames(left.userId, right.userId) ||
    compareNames(left.sessionId, right.sessionId) ||
    compareNames(left.runId, right.runId)
  )
}
