import { isHarborageError } from '@harborage/core'
import { isSqlFailure, type PriorAttempts } from '@harborage/core/sql'

/**
 * A statement that failed after that time has met a server that does not answer. It is longer than
 * all attempts that end because others hold a head.
 */
const UNANSWERED_MS = 5_000

/** Returns whether a failure means that each of the appends would fail by itself as well. */
export function isUnanswered(error: unknown, since: number): boolean {
  if (isLockTimeout(error)) return false
  if (isHarborageError(error, 'outcome_unknown') || isHarborageError(error, 'store_closed')) {
    return true
  }
  return performance.now() - since >= UNANSWERED_MS
}

/** Returns whether others hold a head, be it after an attempt whose answer was lost. */
function isLockTimeout(error: unknown): boolean {
  const last = isHarborageError(error, 'outcome_unknown') ? error.cause : error
  return isSqlFailure(last, 'lock_timeout')
}

/** Returns what an append that is made again has to know of the statement that failed. */
export function priorOf(error: unknown): PriorAttempts | undefined {
  if (isHarborageError(error, 'outcome_unknown')) return { mayBeApplied: true }
  // What holds the id may be an earlier attempt of the statement.
  return isSqlFailure(error, 'unique_violation') ? { mayBeApplied: false } : undefined
}
