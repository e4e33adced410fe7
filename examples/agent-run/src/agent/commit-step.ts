import { setTimeout as pause } from 'node:timers/promises'
import { commitTogether, isHarborageError, type Part } from '@harborage/core'

const PAUSES_MS = [20, 100, 500, 2_000] as const

/**
 * Commits the parts of a step together, and repeats that after transient failures of the database.
 * The parts keep their ids, so they are applied once: all of them, or none.
 */
export async function commitStep(parts: Readonly<Record<string, Part<unknown>>>): Promise<void> {
  for (const milliseconds of PAUSES_MS) {
    try {
      await commitTogether({ parts })
      return
    } catch (error) {
      if (!isHarborageError(error) || !error.retryable) throw error
    }
    await pause(milliseconds)
  }
  await commitTogether({ parts })
}
