import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Waits for the read that tells why a write changed nothing. An attempt of it whose answer was lost may have been the
 * one that did, so if the read fails, nobody knows.
 *
 * @throws `outcome_unknown` where the read is `store_unavailable`.
 */
export async function askWhatBecame<Answer>(read: Promise<Answer>): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    if (!isHarborageError(error, 'store_unavailable')) throw error
    throw new HarborageError(
      'outcome_unknown',
      'the write changed nothing, and asking why failed: repeat the same call to find out',
      { cause: error },
    )
  }
}
