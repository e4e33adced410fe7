import { type HarborageError, isHarborageError } from '@harborage/core'

/**
 * Returns the HarborageError with which the call throws or rejects. Any other end fails the test.
 */
export async function failureOf(call: () => unknown): Promise<HarborageError> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
