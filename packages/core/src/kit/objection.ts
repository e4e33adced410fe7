import { HarborageError } from '../harborage-error.ts'
import type { Finding, FindingGrade } from '../finding.ts'

/** A finding, and the error that opening fails with because of it. */
export interface Objection {
  readonly finding: Finding
  readonly error: HarborageError
}

/** Objects to a place or an option that has to be another one. */
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

/** Objects to a place that is right, but cannot be used as it is. */
export function unavailable(
  name: string,
  message: string,
  cause: unknown,
  mayPass: boolean,
): Objection {
  const error = new HarborageError('store_unavailable', message, { cause, retryable: mayPass })
  return { finding: { name, grade: 'fails', message, mayPass, cause }, error }
}

/** Returns the error of what loses data, or else of the first objection. */
export function worstOf(objections: readonly Objection[]): HarborageError | undefined {
  const losing = objections.find(({ finding }) => finding.grade === 'loses_data')
  return (losing ?? objections[0])?.error
}
