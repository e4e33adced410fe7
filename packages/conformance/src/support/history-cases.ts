import type fc from 'fast-check'
import type { Closable } from './bench.ts'
import { checkHistories } from './check-histories.ts'
import type { HistoryPlan } from './pace.ts'
import type { SuiteCases } from './suite-cases.ts'

const plan: HistoryPlan = { defaultRuns: 100, mostPerCase: 25, calls: 35 }
const reopenedPlan: HistoryPlan = { ...plan, mostRuns: 25 }

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
  { it, itIfDurable, batches }: SuiteCases<Store, Options>,
  steps: fc.Arbitrary<Step[]>,
  replay: Replay<Store, Step>,
): void {
  for (const batch of batches(plan)) {
    it(`S12 histories ${batch.range} come to the same as in memory`, async ({ store }) => {
      await checkHistories(steps, batch, (history) => replay(history, async () => store))
    })
  }

  for (const batch of batches(reopenedPlan)) {
    itIfDurable(
      `S12 histories ${batch.range} come to the same when the store is opened again on the way`,
      async ({ store, open }) => {
        let current: Store = store
        const openAnew = async (): Promise<Store> => {
          await current.close()
          current = await open()
          return current
        }
        await checkHistories(steps, batch, (history) => {
          const middle = Math.floor(history.length / 2)
          return replay(history, async (step) => (step === middle ? openAnew() : current))
        })
      },
    )
  }
}
