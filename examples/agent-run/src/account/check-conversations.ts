import { isDeepStrictEqual } from 'node:util'
import type { Recollection } from '../memory/recall.ts'
import type { Check } from './check-run.ts'
import { counted, grouped } from './numbers.ts'
import type { StoredSession } from './read-back.ts'

/**
 * Checks that every step is remembered exactly once and in order, in the summary or word by word.
 */
export function checkConversations(
  sessions: readonly StoredSession[],
  recollections: readonly Recollection[],
): Check {
  const faults = sessions.flatMap(({ identity, plannedSteps }, index) => {
    const found = recollections[index]
    const remembered = [...(found?.summarized ?? []), ...(found?.verbatim ?? [])]
    const expected = Array.from({ length: plannedSteps }, (_, step) => step + 1)
    return isDeepStrictEqual(remembered, expected)
      ? []
      : [`session ${identity.sessionId} remembers ${describe(remembered, plannedSteps)}`]
  })
  const summarized = recollections.reduce((sum, each) => sum + each.summarized.length, 0)
  const verbatim = recollections.reduce((sum, each) => sum + each.verbatim.length, 0)
  return {
    claim: `every step is remembered once: ${counted(summarized + verbatim, 'turn')} in their order, ${grouped(summarized)} in summaries, ${grouped(verbatim)} word by word`,
    faults,
  }
}

function describe(remembered: readonly number[], planned: number): string {
  const wrong = remembered.findIndex((step, index) => step !== index + 1)
  if (wrong === -1) return `${counted(remembered.length, 'step')} of ${grouped(planned)}`
  return `step ${remembered[wrong] ?? ''} where step ${wrong + 1} belongs`
}
