import { HarborageError } from '../harborage-error.ts'
import { describeType } from './argument-checks.ts'
import { CallerFailure } from './caller-failure.ts'

/** A function of the caller that is told how far a call has come. */
export type OnProgress<Progress> = ((progress: Progress) => void | Promise<void>) | undefined

/** Checks the option `onProgress`. */
export function checkOnProgress<Progress>(onProgress: OnProgress<Progress>): OnProgress<Progress> {
  const given: unknown = onProgress
  if (given === undefined || typeof given === 'function') return onProgress
  throw new HarborageError(
    'invalid_record',
    `options.onProgress is ${describeType(given)}: pass a function or leave it out`,
  )
}

/**
 * Calls the caller's function with how far a call has come, and waits for it.
 *
 * @throws What the caller threw, once the gate of the store has passed it on.
 */
export async function report<Progress>(
  onProgress: OnProgress<Progress>,
  progress: Progress,
): Promise<void> {
  try {
    await onProgress?.(progress)
  } catch (cause) {
    throw new CallerFailure(cause)
  }
}
