import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Waits for a read that determines why a write changed nothing. An earlier attempt whose answer was
 * lost may have been applied, so if the read fails, the outcome is unknown.
 *
 * @throws `outcome_unknown` if the read fails with `store_unavailable`.
 */
export async function resolveOutcome<Answer>(read: Promise<Answer>): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    throw unresolved(error)
  }
}

/** Returns the error of a call that could not determine the outcome of its write. */
export function unresolved(error: unknown): unknown {
  if (!isHarborageError(error, 'store_unavailable')) return error
  return new HarborageError(
    'outcome_unknown',
    'the write changed nothing, and asking why failed: repeat the same call to find out',
    { cause: error },
  )
}

/**
 * Rejects repeating a work that could remove what others wrote since an earlier attempt.
 *
 * @throws `outcome_unknown` if an earlier attempt may have been applied.
 */
export function refuseToRepeat(mayBeApplied: boolean): void {
  if (!mayBeApplied) return
  throw new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost: see what is there before you call again, which removes what others write meanwhile',
  )
}
