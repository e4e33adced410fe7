import { HarborageError, isHarborageError } from '@harborage/core'
import type { Place } from '../profile/profile.ts'

/**
 * Does something at a place. The message of an error of a store or an engine begins with the place,
 * and with the profile if it has a name.
 */
export async function atPlace<Result>(
  { label }: Place,
  profile: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!isHarborageError(error)) throw error
    const { code, message, cause, retryable } = error
    const where = profile === undefined ? label : `profile ${profile}, ${label}`
    throw new HarborageError(code, `${where}: ${message}`, {
      ...(cause === undefined ? {} : { cause }),
      retryable,
    })
  }
}
