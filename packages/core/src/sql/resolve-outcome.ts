import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Waits for the read that tells why a write changed nothing. An attempt of the write whose answer
 * was lost may have been applied, so if the read fails, the outcome is unknown.
 *
 * @throws `outcome_unknown` where the read is `store_unavailable`.
 */
export async function resolveOutcome<Answer>(read: Promise<Answer>): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    throw unresolved(error)
  }
}

/** Returns what a call fails with if finding out the outcome of its write fails. */
export function unresolved(error: unknown): unknown {
  if (!isHarborageError(error, 'store_unavailable')) return error
  return new HarborageError(
    'outcome_unknown',
    'the write changed nothing, and asking why failed: repeat the same call to find out',
    { cause: error },
  )
}

/**
 * Refuses to repeat a work that would take away what others wrote since an attempt before.
 *
 * @throws `outcome_unknown` if such an attempt may have been applied.
 */
export function refuseToRepeat(mayBeApplied: boolean): void {
  if (!mayBeApplied) return
  throw new HarborageError(
    'outcome_unknown',
    'the answer of the database was lost: see what is there before you call again, which removes what others write meanwhile',
  )
}
