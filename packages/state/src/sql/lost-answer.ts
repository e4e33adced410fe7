import { HarborageError, isHarborageError } from '@harborage/core'

/**
 * Returns what `decide` returns.
 *
 * @param mayBeApplied Whether an earlier attempt, whose answer was lost, may have been applied and
 * left no trace, because the slot was deleted since. An unmet precondition then proves nothing.
 * @throws What `decide` throws, but `outcome_unknown` instead of `condition_failed` and
 * `result_too_large` if `mayBeApplied`.
 */
export function decideOrOutcomeUnknown<Decision>(
  decide: () => Decision,
  mayBeApplied: boolean,
): Decision {
  try {
    return decide()
  } catch (error) {
    const isAboutNow =
      isHarborageError(error, 'condition_failed') || isHarborageError(error, 'result_too_large')
    throw mayBeApplied && isAboutNow ? unknownOutcome(error) : error
  }
}

/** Returns the error for a write whose answer was lost and that left no trace. */
export function unknownOutcome(cause: unknown): HarborageError {
  return new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost, and the slots do not show whether the call was applied: load them before you call again',
    { cause },
  )
}
