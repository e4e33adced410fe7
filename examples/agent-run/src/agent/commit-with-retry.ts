import { setTimeout as pause } from 'node:timers/promises'
import { isHarborageError } from '@harborage/core'
import type { StateStore, StateTransaction } from '@harborage/state'

const PAUSES_MS = [20, 100, 500, 2_000] as const

/**
 * Makes a commit and repeats it, with the same event ids, after transient failures of the database.
 * It is applied once.
 */
export async function commitWithRetry(
  store: StateStore,
  transaction: StateTransaction,
): Promise<void> {
  for (const milliseconds of PAUSES_MS) {
    try {
      await store.commit(transaction)
      return
    } catch (error) {
      if (!isHarborageError(error) || !error.retryable) throw error
    }
    await pause(milliseconds)
  }
  await store.commit(transaction)
}
