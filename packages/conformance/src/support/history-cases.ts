import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import type { Closable } from './bench.ts'
import type { SuiteCases } from './suite-cases.ts'

const DEFAULT_RUNS = 100
/** So many histories make one case, so that none runs into a runner's time limit. */
const RUNS_PER_CASE = 25
const REOPENED_RUNS = 25
const TIME_LIMIT_MS = 10_000
const MAX_SEED = 2 ** 31 - 1

/**
 * Makes every call of a history on the in-memory driver and on the store under test, and compares what they come to.
 *
 * @param tested Gives the store under test before each step, so that a case may open it anew in between.
 */
export type Replay<Store, Step> = (
  steps: readonly Step[],
  tested: (step: number) => Promise<Store>,
) => Promise<void>

/** S12: every driver comes to the same as the in-memory driver. A failure prints the seed of its case. */
export function historyCases<Store extends Closable, Options, Step>(
  { it, itIfDurable, histories }: SuiteCases<Store, Options>,
  steps: fc.Arbitrary<Step[]>,
  replay: Replay<Store, Step>,
): void {
  const { runs = DEFAULT_RUNS, seed = randomInt(MAX_SEED) } = histories ?? {}
  for (let first = 0; first < runs; first += RUNS_PER_CASE) {
    const numRuns = Math.min(RUNS_PER_CASE, runs - first)
    // Each case has a seed of its own: given as the only seed, it repeats that case first.
    const caseSeed = seed + first / RUNS_PER_CASE

    it(`S12 histories ${first + 1} to ${first + numRuns} come to the same as in memory`, async ({
      store,
    }) => {
      await check(steps, numRuns, caseSeed, (history) => replay(history, async () => store))
    })
  }

  itIfDurable(
    'S12 histories come to the same when the store is opened again on the way',
    async ({ store, open }) => {
      let current: Store = store
      const openAnew = async (): Promise<Store> => {
        await current.close()
        current = await open()
        return current
      }
      await check(steps, REOPENED_RUNS, seed, (history) => {
        const middle = Math.floor(history.length / 2)
        return replay(history, async (step) => (step === middle ? openAnew() : current))
      })
    },
  )
}

async function check<Step>(
  steps: fc.Arbitrary<Step[]>,
  numRuns: number,
  seed: number,
  property: (history: Step[]) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(steps, property), {
    numRuns,
    seed,
    // Shrinking runs whole histories; it has to end within a runner's time limit.
    plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT_MS, { failOnInterrupt: true })],
  })
}
