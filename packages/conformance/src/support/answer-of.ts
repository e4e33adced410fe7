import { isHarborageError } from '@harborage/core'

/** Resolves to the result of a call as a string, or to the code of its error. */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    return String(await call())
  } catch (error) {
    if (isHarborageError(error)) return error.code
    throw error
  }
}
