import { checkHistories } from '../support/check-histories.ts'
import type { HistoryBatch, HistoryPlan } from '../support/pace.ts'
import { Replay } from './histories/replay.ts'
import { history } from './histories/step-arbitrary.ts'
import type { MemoryFixture } from './support/fixture.ts'
import type { MemoryCases } from './support/memory-cases.ts'

/** A step makes a call, and reads each conversation afterward. */
const plan: HistoryPlan = { defaultRuns: 50, maxPerCase: 10, calls: 150 }
const reopenedPlan: HistoryPlan = { ...plan, maxRuns: 10 }

/**
 * Registers the cases of S12: every driver gives the same results as a simple model. A failure
 * prints the seed of its case.
 */
export function sameness({ it, itIfDurable, batches }: MemoryCases): void {
  for (const strategy of ['truncation', 'rolling_summary'] as const) {
    for (const batch of batches(plan)) {
      it(`S12 histories ${batch.range} under ${strategy} give the same results as the model`, ({
        open,
      }) => check(strategy, open, false, batch))
    }

    for (const batch of batches(reopenedPlan)) {
      itIfDurable(
        `S12 histories ${batch.range} under ${strategy} give the same results if the store is reopened on the way`,
        ({ open }) => check(strategy, open, true, batch),
      )
    }
  }
}

async function check(
  strategy: 'truncation' | 'rolling_summary',
  open: MemoryFixture['open'],
  isDurable: boolean,
  batch: HistoryBatch,
): Promise<void> {
  await checkHistories(history, batch, async ({ steps, ...rules }) => {
    await new Replay({ strategy, ...rules }, open, isDurable).run(steps)
  })
}
