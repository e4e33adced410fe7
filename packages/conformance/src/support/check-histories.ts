import fc from 'fast-check'
import type { HistoryBatch } from './pace.ts'

/** Checks the histories of a case. A failure prints its seed and the smallest failing history. */
export async function checkHistories<History>(
  histories: fc.Arbitrary<History>,
  { runs, seed, shrinks }: HistoryBatch,
  check: (history: History) => Promise<void>,
): Promise<void> {
  let hasFailed = false
  let shrinksLeft = shrinks
  const property = fc.asyncProperty(histories, async (history) => {
    if (hasFailed) {
      // Shrinking ends once nothing smaller fails, so let everything pass after enough attempts.
      if (shrinksLeft === 0) return
      shrinksLeft -= 1
    }
    try {
      await check(history)
    } catch (error) {
      hasFailed = true
      throw error
    }
  })
  await fc.assert(property, { numRuns: runs, seed })
}
