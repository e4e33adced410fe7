import { listenToOperations } from '@harborage/core'

/** Resolves to the names of the operations of the stores that some work runs, in their order. */
export async function recordedOperations(work: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = []
  const stop = listenToOperations({ onStart: ({ operation }) => names.push(operation) })
  try {
    await work()
  } finally {
    stop()
  }
  return names
}
