import { inspect, isDeepStrictEqual } from 'node:util'

import { Choice } from '../choice.ts'
import { writeLine } from '../write-line.ts'
import type { CallSource } from './fuzzed-call.ts'
import { isForeign, type Owning } from './owners.ts'

/** How much a process fuzzes. */
export interface FuzzedCalls {
  readonly seed: number
  /** The number of calls. */
  readonly calls: number
}

/**
 * Makes calls of several owners at a time, as a process of a row of faults, and writes lines with
 * their number and with what they showed.
 */
export async function fuzzCalls(
  { seed, calls }: FuzzedCalls,
  sources: readonly CallSource[],
): Promise<void> {
  const choice = new Choice(seed)
  const found = { rounds: 0, acknowledged: 0, foreign: 0, violations: [] as string[] }

  const judge = (owner: Owning, name: string, answer: unknown, expected: unknown): void => {
    found.rounds += 1
    if (isDeepStrictEqual(answer, expected)) {
      found.acknowledged += 1
      return
    }
    if (isForeign(answer, owner)) found.foreign += 1
    const what = `${name}, call ${found.rounds} of seed ${seed}`
    found.violations.push(`${what}: ${inspect(answer)} instead of ${inspect(expected)}`)
  }

  while (found.rounds < calls && found.foreign === 0 && found.violations.length === 0) {
    const source = choice.of(sources)
    const callers = Array.from({ length: 1 + choice.below(3) }, () => choice.of(source.owners))
    const made = [...new Set(callers)].map((owner) => ({
      owner,
      ...source.nextCall(owner, choice),
    }))
    const answers = await Promise.all(made.map(({ call }) => answerTo(call)))
    for (const [index, { owner, name, expected }] of made.entries()) {
      judge(owner, name, answers[index], expected)
    }
    if (found.rounds % 1000 < 3) writeLine(1, JSON.stringify({ done: found.rounds }))
  }
  writeLine(1, JSON.stringify({ found }))
}

async function answerTo(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return `failed: ${inspect(error)}`
  }
}
