import { type HarborageError, isHarborageError } from '@harborage/core'

/** The error of Harborage that the call throws or rejects with; any other end fails the test. */
export async function failureOf(call: () => unknown): Promise<HarborageError> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
