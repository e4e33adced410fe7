import { HarborageError, isHarborageError } from '@harborage/core'

/**
 * Returns the error of a decision. If an earlier attempt may have been applied and left no trace,
 * because its stream was deleted since, an unmet condition proves nothing.
 */
export function asUnknownOutcome(error: unknown, mayBeApplied: boolean): unknown {
  if (!mayBeApplied || !isHarborageError(error, 'condition_failed')) return error
  return new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost, and the stream does not show whether the call was applied: read it before you call again',
    { cause: error },
  )
}
