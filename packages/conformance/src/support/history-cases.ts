import type fc from 'fast-check'
import type { Closable, StoreFixture } from './fixture.ts'
import { checkHistories } from './check-histories.ts'
import type { HistoryPlan } from './pace.ts'
import type { SuiteCases } from './suite-cases.ts'

const plan: HistoryPlan = { defaultRuns: 100, maxPerCase: 25, calls: 35 }
const reopenedPlan: HistoryPlan = { ...plan, maxRuns: 25 }

/**
 * Makes every call of a history on the in-memory driver and on the store under test, and compares
 * the results.
 *
 * @param tested Resolves to the store under test. It is called before each step, so that a case may
 *   reopen the store between two steps.
 */
export type Replay<Store, Step> = (
  steps: readonly Step[],
  tested: (step: number) => Promise<Store>,
) => Promise<void>

/**
 * Registers the cases of sameness: every driver gives the same results as the in-memory driver. A
 * failure prints the seed of its case.
 *
 * @param guarantee The number of the guarantee. Default: `S12`.
 */
export function historyCases<Store extends Closable, Options, Step>(
  { it, itIfDurable, batches }: SuiteCases<StoreFixture<Store, Options>>,
  steps: fc.Arbitrary<Step[]>,
  replay: Replay<Store, Step>,
  guarantee = 'S12',
): void {
  for (const batch of batches(plan)) {
    it(`${guarantee} histories ${batch.range} give the same results as in memory`, async ({
      store,
    }) => {
      await checkHistories(steps, batch, (history) => replay(history, async () => store))
    })
  }

  for (const batch of batches(reopenedPlan)) {
    itIfDurable(
      `${guarantee} histories ${batch.range} give the same results if the store is reopened on the way`,
      async ({ store, open }) => {
        let current: Store = store
        const reopen = async (): Promise<Store> => {
          await current.close()
          current = await open()
          return current
        }
        await checkHistories(steps, batch, (history) => {
          const middle = Math.floor(history.length / 2)
          return replay(history, async (step) => (step === middle ? reopen() : current))
        })
      },
    )
  }
}
