import { HarborageError, isHarborageError } from '../../harborage-error.ts'

/**
 * Returns the same error with the name of the part that it is about. Returns any other error, and
 * one that names a part already, as it is.
 */
export function withPart(error: unknown, part: string): unknown {
  if (!isHarborageError(error) || error.part !== undefined) return error
  const { code, message, cause, retryable, entry } = error
  return new HarborageError(code, message, {
    ...(cause === undefined ? {} : { cause }),
    ...(entry === undefined ? {} : { entry }),
    retryable,
    part,
  })
}

/** Runs work for a part. What it throws names the part. */
export function inPart<Result>(part: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw withPart(error, part)
  }
}
