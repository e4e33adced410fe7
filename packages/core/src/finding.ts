import { HarborageError } from './harborage-error.ts'

/** How much a finding matters: acknowledged data can be lost, calls fail, or calls are slow. */
export type FindingGrade = 'loses_data' | 'fails' | 'slows'

/** One thing that `diagnose` of a driver package found wrong with a configuration and the place it names. */
export interface Finding {
  /** A stable name, such as `native_client`. */
  readonly name: string
  readonly grade: FindingGrade
  /** What is wrong and what to do about it. It holds no password and no stored data. */
  readonly message: string
  /** Whether it may pass by itself, such as a server that is in recovery. Default: `false`. */
  readonly mayPass?: boolean
  /** The error behind it, if there is one. */
  readonly cause?: unknown
}

/**
 * Returns the error that opening fails with, or `undefined` if no finding loses data or makes calls fail.
 * A finding that may pass is a retryable `store_unavailable`, any other one is `invalid_config`.
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
