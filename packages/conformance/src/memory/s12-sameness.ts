import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { Replay } from './histories/replay.ts'
import { history } from './histories/step-arbitrary.ts'
import type { Bench } from './support/bench.ts'
import type { MemoryCases } from './support/memory-cases.ts'

const DEFAULT_RUNS = 50
/** So many histories make one case, so that none runs into a runner's time limit. */
const RUNS_PER_CASE = 10
const TIME_LIMIT_MS = 10_000
const MAX_SEED = 2 ** 31 - 1

/** S12: every driver holds what a simple model holds. A failure prints the seed of its case. */
export function sameness({ it, itIfDurable, histories }: MemoryCases): void {
  const { runs = DEFAULT_RUNS, seed = randomInt(MAX_SEED) } = histories ?? {}
  for (const strategy of ['truncation', 'rolling_summary'] as const) {
    for (let first = 0; first < runs; first += RUNS_PER_CASE) {
      const numRuns = Math.min(RUNS_PER_CASE, runs - first)
      // Each case has a seed of its own: given as the only seed, it repeats that case first.
      const caseSeed = seed + first / RUNS_PER_CASE
      const range = `${first + 1} to ${first + numRuns}`
      it(`S12 histories ${range} under ${strategy} come to the same as the model`, ({ open }) =>
        check(strategy, open, false, numRuns, caseSeed))
    }

    itIfDurable(
      `S12 histories under ${strategy} come to the same when the store is opened again on the way`,
      ({ open }) => check(strategy, open, true, RUNS_PER_CASE, seed),
    )
  }
}

async function check(
  strategy: 'truncation' | 'rolling_summary',
  open: Bench['open'],
  isDurable: boolean,
  numRuns: number,
  seed: number,
): Promise<void> {
  const property = fc.asyncProperty(history, async ({ steps, ...rules }) => {
    await new Replay({ strategy, ...rules }, open, isDurable).run(steps)
  })
  await fc.assert(property, {
    numRuns,
    seed,
    // Shrinking runs whole histories; it has to end within a runner's time limit.
    plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT_MS, { failOnInterrupt: true })],
  })
}
