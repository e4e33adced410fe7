import { type HarborageError, isHarborageError } from '@harborage/core'

/** The error of Harborage that a promise rejects with; any other end fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<HarborageError> {
  try {
    await promise
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
