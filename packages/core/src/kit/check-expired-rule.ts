import { HarborageError } from '../harborage-error.ts'
import { checkFlag, type CheckedPruneRules } from './check-prune.ts'

/**
 * Checks the option `expired` of a `prune`: whether to remove what has expired. By default it is
 * `true`.
 *
 * @throws `invalid_record` if it is no boolean, or if `false` leaves nothing to remove.
 */
export function checkExpiredRule(
  expired: unknown,
  { olderThan, keepLatest }: CheckedPruneRules,
): boolean {
  const isWanted = checkFlag('expired', expired, true)
  if (isWanted || olderThan !== undefined || keepLatest !== undefined) return isWanted
  throw new HarborageError(
    'invalid_record',
    'the options name nothing to remove: leave expired out, or pass olderThan or keepLatest',
  )
}
