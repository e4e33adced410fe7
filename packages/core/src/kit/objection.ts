import { HarborageError } from '../harborage-error.ts'
import type { Finding, FindingGrade } from '../finding.ts'

/** A finding, and the error with which opening fails because of it. */
export interface Objection {
  readonly finding: Finding
  readonly error: HarborageError
}

/**
 * Returns an objection to a file, a server or an option that has to be changed.
 *
 * @param name The name of the finding, such as `not_a_file`.
 * @param message What is wrong and what to do, without a secret.
 * @param cause The error that was caught, if one was.
 */
export function refusal(
  name: string,
  grade: FindingGrade,
  message: string,
  cause?: unknown,
): Objection {
  const options = cause === undefined ? {} : { cause }
  return {
    finding: { name, grade, message, ...options },
    error: new HarborageError('invalid_config', message, options),
  }
}

/**
 * Returns an objection to a file or a server that is correct, but cannot be used in its present
 * state.
 *
 * @param name The name of the finding, such as `disk`.
 * @param message What is wrong and what to do, without a secret.
 * @param cause The error that was caught.
 * @param mayPass Whether opening it later may succeed without a change.
 */
export function unavailable(
  name: string,
  message: string,
  cause: unknown,
  mayPass: boolean,
): Objection {
  const error = new HarborageError('store_unavailable', message, { cause, retryable: mayPass })
  return { finding: { name, grade: 'fails', message, mayPass, cause }, error }
}

/** Returns the error of the first objection that loses data, or else of the first one. */
export function worstOf(objections: readonly Objection[]): HarborageError | undefined {
  const losing = objections.find(({ finding }) => finding.grade === 'loses_data')
  return (losing ?? objections[0])?.error
}
