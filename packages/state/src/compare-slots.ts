import { compareNames, compareOwners } from '@harborage/core/kit'
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
