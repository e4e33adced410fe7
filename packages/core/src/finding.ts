import { HarborageError } from './harborage-error.ts'

/**
 * The severity of a finding: acknowledged data can be lost (`loses_data`), calls fail (`fails`), or
 * calls are slow (`slows`).
 */
export type FindingGrade = 'loses_data' | 'fails' | 'slows'

/**
 * A problem that `diagnose` of a driver package found in a configuration, or in the file or server
 * that it names.
 */
export interface Finding {
  /** A stable name, such as `native_client`. */
  readonly name: string
  /** How severe it is. */
  readonly grade: FindingGrade
  /** What is wrong and what to do about it. It contains no password and no stored data. */
  readonly message: string
  /** Whether the problem may go away by itself, as with a server in recovery. Default: `false`. */
  readonly mayPass?: boolean
  /** The underlying error, if there is one. */
  readonly cause?: unknown
}

/**
 * Returns the error with which opening has to fail, or `undefined` if every finding has the grade
 * `slows`. The error is a retryable `store_unavailable` if the worst finding may pass, else
 * `invalid_config`.
 */
export function errorOfFindings(findings: readonly Finding[]): HarborageError | undefined {
  const [worst] = findings
    .filter(({ grade }) => grade !== 'slows')
    .sort((left, right) => rank(left) - rank(right))
  if (worst === undefined) return undefined
  const options = worst.cause === undefined ? {} : { cause: worst.cause }
  return worst.mayPass === true
    ? new HarborageError('store_unavailable', worst.message, options)
    : new HarborageError('invalid_config', worst.message, options)
}

function rank({ grade }: Finding): number {
  return grade === 'loses_data' ? 0 : 1
}
