import { HarborageError } from '../harborage-error.ts'
import type { CheckedPruneRules } from './check-prune.ts'

/**
 * Checks that the rules of a `prune` name something to remove, in a store where nothing expires.
 *
 * @throws `invalid_record` if they do not.
 */
export function requirePruneRule({ olderThan, keepLatest }: CheckedPruneRules): void {
  if (olderThan !== undefined || keepLatest !== undefined) return
  throw new HarborageError(
    'invalid_record',
    'the options name nothing to remove: pass olderThan or keepLatest',
  )
}
