import { AsyncLocalStorage } from 'node:async_hooks'
import { listenToOperations, type Unsubscribe } from '@harborage/core'

/** How often an engine tried a call again. */
export interface Retries {
  retries: number
}

const counted = new AsyncLocalStorage<Retries>()

/**
 * Counts, from now on, how often engines try the calls again that are recorded. An attempt whose
 * answer was lost may have taken effect, so that such a call has more than one.
 *
 * @returns What ends the counting.
 */
export function countRetries(): Unsubscribe {
  return listenToOperations({
    onEnd({ retries }) {
      const call = counted.getStore()
      if (call !== undefined) call.retries += retries
    },
  })
}

/** Makes a call, and adds its retries if they are counted. */
export function addRetriesTo<Result>(call: Retries, make: () => Promise<Result>): Promise<Result> {
  return counted.run(call, make)
}
