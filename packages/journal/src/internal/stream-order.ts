import { compareNames, compareOwners } from '@harborage/core/kit'
import type { StreamKey, StreamPlace } from '../journal-driver.ts'

/** Compares two streams by owner and name. */
export function compareKeys(left: StreamKey, right: StreamKey): number {
  return compareOwners(left.owner, right.owner) || compareNames(left.stream, right.stream)
}

/** Compares two streams by the time of their last append, newest first. */
export function compareByRecency(left: StreamPlace, right: StreamPlace): number {
  return right.recentAt - left.recentAt || compareKeys(right, left)
}
