import { HarborageError, type ErrorCode } from '@harborage/core'

/** Makes the error about one operation of a batch. */
export type Refusal = (
  problem: string,
  options?: {
    /** Default: `invalid_record`. */
    readonly code?: ErrorCode
    readonly cause?: unknown
  },
) => HarborageError

/** Returns a function that makes the error about an operation of a batch. */
export function refusalOf(index: number): Refusal {
  return (problem, { code = 'invalid_record', ...cause } = {}) =>
    new HarborageError(code, `the operation ${problem}`, {
      ...cause,
      entry: { list: 'operations', index },
    })
}
