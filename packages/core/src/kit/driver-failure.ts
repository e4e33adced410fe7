import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Returns what a driver or an engine threw as a HarborageError. An error of another kind becomes
 * the cause of a `driver_failed`.
 */
export function asDriverFailure(error: unknown): HarborageError {
  if (isHarborageError(error)) return error
  return new HarborageError(
    'driver_failed',
    'the driver failed with an error that is not a HarborageError, so a write may have been applied: see the cause, and report it to the author of the driver',
    { cause: error },
  )
}
