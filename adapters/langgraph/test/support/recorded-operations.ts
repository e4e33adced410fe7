import { AsyncLocalStorage } from 'node:async_hooks'

import { listenToOperations } from '@harborage/core'

/** Set within recorded work: what other tests of the process left may still be at work. */
const recording = new AsyncLocalStorage<string[]>()

/** Resolves to the names of the operations of the stores that some work runs, in their order. */
export async function recordedOperations(work: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = []
  const stop = listenToOperations({
    onStart: ({ operation }) => {
      if (recording.getStore() === names) names.push(operation)
    },
  })
  try {
    await recording.run(names, work)
  } finally {
    stop()
  }
  return names
}
