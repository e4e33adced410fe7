// Not the global one: with fake timers in a caller's test, nothing would ever be saved.
import { setTimeout } from 'node:timers'
import { type HarborageError, isHarborageError } from '@harborage/core'

/** The largest number of attempts while others change the same thread. */
const MAX_ATTEMPTS = 50
/** The longest pause between two attempts, in milliseconds. */
const MAX_PAUSE_MS = 20

/**
 * Repeats work that fails because others have changed a thread meanwhile.
 *
 * @param attempt Does the work. It rejects with `condition_failed` if it is to be repeated.
 * @param recover Called after each such failure. It rejects with what is not to be repeated.
 * @throws The last `condition_failed` if all attempts fail.
 */
export async function retryConflicts<Result>(
  attempt: () => Promise<Result>,
  recover: (error: HarborageError) => Promise<void> = async () => {},
): Promise<Result> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isHarborageError(error, 'condition_failed') || count === MAX_ATTEMPTS) throw error
      await recover(error)
    }
    if (count > 1) await pause(Math.random() * Math.min(count, MAX_PAUSE_MS))
  }
}

function pause(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, milliseconds)
  return promise
}
