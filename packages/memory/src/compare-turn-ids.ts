import { compareNames } from '@harborage/core/kit'
import type { RememberedTurnId } from './memory-driver.ts'

/** Compares two remembered turn ids by position and then by the id, as a dump orders them. */
export function compareTurnIds(left: RememberedTurnId, right: RememberedTurnId): number {
  return left.position - right.position || compareNames(left.turnId, right.turnId)
}
