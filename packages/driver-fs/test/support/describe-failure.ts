import { isHarborageError } from '@harborage/core'

/** Describes the error of a call for the output of a process. */
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
