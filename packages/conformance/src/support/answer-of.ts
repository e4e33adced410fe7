import { isHarborageError } from '@harborage/core'

/** What a call answers, as a word: its result, or the code of its error. */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    return String(await call())
  } catch (error) {
    if (isHarborageError(error)) return error.code
    throw error
  }
}
