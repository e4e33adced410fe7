import { isHarborageError } from '@harborage/core'

/** What a process tells of an error that one of its calls ended with. */
export interface Failure {
  readonly code: string
  readonly retryable: boolean
  readonly message: string
}

/** The error of Harborage that a call ends with, or `undefined` if it succeeds. */
export async function failureIn(call: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    if (!isHarborageError(error)) throw error
    const { code, retryable, message } = error
    return { code, retryable, message }
  }
}
