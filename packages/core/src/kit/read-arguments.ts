import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Runs the checks of a call's arguments. An argument may be anything, a proxy or an object with a getter that throws
 * included; whatever it throws becomes the cause of an `invalid_record`.
 */
export function readArguments<Checked>(check: () => Checked): Checked {
  try {
    return check()
  } catch (error) {
    throw asRefusal(error)
  }
}

/** Returns what the check of an argument threw as an error of Harborage. */
export function asRefusal(error: unknown): HarborageError {
  if (isHarborageError(error)) return error
  return new HarborageError('invalid_record', 'an argument cannot be read: pass plain values', {
    cause: error,
  })
}
