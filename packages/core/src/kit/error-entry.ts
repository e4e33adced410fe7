import { type ErrorEntry, HarborageError, isHarborageError } from '../harborage-error.ts'

/** Returns the same error with an entry, or without one. Returns any other error as it is. */
export function withEntry(error: unknown, entry: ErrorEntry | undefined): unknown {
  if (!isHarborageError(error) || error.entry === entry) return error
  const { code, message, cause, retryable } = error
  return new HarborageError(code, message, {
    ...(cause === undefined ? {} : { cause }),
    ...(entry === undefined ? {} : { entry }),
    retryable,
  })
}
