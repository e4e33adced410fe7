import { answerOf } from './answer-of.ts'

/** Starts all calls at once and resolves to their answers, in the order of the callers. */
export async function race(
  callers: number,
  call: (caller: number) => Promise<unknown>,
): Promise<string[]> {
  return Promise.all(Array.from({ length: callers }, (_, caller) => answerOf(() => call(caller))))
}

/** Counts equal answers. */
export function tally(answers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}
