import { HarborageError } from '../harborage-error.ts'

/**
 * Returns the error for a statement of `appRows` that the database refused.
 *
 * @param cause The error of the client library.
 * @param part The name of the part whose statement it is; `undefined` if it is not known.
 */
export function callerStatementFailed(cause: unknown, part: string | undefined): HarborageError {
  return new HarborageError(
    'app_rows_failed',
    'the database refused a statement of appRows, and nothing of the step was applied: see the cause',
    { cause, ...(part === undefined ? {} : { part }) },
  )
}
