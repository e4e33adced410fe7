import { HarborageError, isHarborageError } from '@harborage/core'

/**
 * Returns a decision about a write.
 *
 * @param mayBeApplied Whether an attempt whose answer was lost may have been applied without a trace
 * that is left: the slot was deleted since. Then an unmet condition tells nothing.
 * @throws `outcome_unknown` in place of `condition_failed` if so.
 */
export function decideUnlessApplied<Decision>(
  decide: () => Decision,
  mayBeApplied: boolean,
): Decision {
  try {
    return decide()
  } catch (error) {
    throw mayBeApplied && isHarborageError(error, 'condition_failed')
      ? unknownOutcome(error)
      : error
  }
}

/** Returns the error of a write whose answer was lost and of which no trace is left. */
export function unknownOutcome(cause: unknown): HarborageError {
  return new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost, and what the slots hold does not tell whether the call was applied: load them before you call again',
    { cause },
  )
}
