import { type HarborageError, isHarborageError } from '@harborage/core'

import { abortReason } from './hostile-values.ts'

/**
 * Returns the error of Harborage that a call with a hostile value ends with, or `undefined` if the
 * value is taken or was an aborted signal. Any other error fails the test.
 *
 * The stacks of these errors end with the first function: to look the others up in the sources takes
 * longer than thousands of such calls, and they have nothing of the values.
 */
export async function refusalOf(call: () => Promise<unknown>): Promise<HarborageError | undefined> {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error)) return error
    if (error !== abortReason) throw error
  } finally {
    Error.stackTraceLimit = limit
  }
  return undefined
}
