import { type HarborageError, isHarborageError } from '@harborage/core'

import { abortReason } from './hostile-values.ts'

/**
 * Returns the error of Harborage that a call with a hostile value ends with, or `undefined` if the
 * value is taken or was an aborted signal. Any other error fails the test.
 */
export async function refusalOf(call: () => Promise<unknown>): Promise<HarborageError | undefined> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error)) return error
    if (error !== abortReason) throw error
  }
  return undefined
}
