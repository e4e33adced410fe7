import { type HarborageError, isHarborageError } from '@harborage/core'

/**
 * Returns the error of Harborage that a call throws or rejects with, given as a promise or as a
 * function that makes it. Any other end fails the test.
 */
export async function failureOf(call: Promise<unknown> | (() => unknown)): Promise<HarborageError> {
  try {
    await (typeof call === 'function' ? call() : call)
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
  throw new Error('the call succeeded')
}
