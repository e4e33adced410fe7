import { AsyncLocalStorage } from 'node:async_hooks'
import { listenToOperations, type Unsubscribe } from '@harborage/core'

/** A call whose retries by the engine are counted. */
export interface Retries {
  retries: number
}

const counted = new AsyncLocalStorage<Retries>()

/**
 * Starts to count how often engines retry the recorded calls. An attempt whose answer was lost may
 * have taken effect, so a retried call may have more than one effect.
 *
 * @returns A function that stops counting.
 */
export function countRetries(): Unsubscribe {
  return listenToOperations({
    onEnd({ retries }) {
      const call = counted.getStore()
      if (call !== undefined) call.retries += retries
    },
  })
}

/** Makes a call and adds its retries to `call`, if retries are counted. */
export function addRetriesTo<Result>(call: Retries, make: () => Promise<Result>): Promise<Result> {
  return counted.run(call, make)
}
