import { type HarborageError, isHarborageError } from '@harborage/core'

/** Returns the `HarborageError` that a call fails with. Any other result fails the test. */
export async function failureOf(call: () => unknown): Promise<HarborageError> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
