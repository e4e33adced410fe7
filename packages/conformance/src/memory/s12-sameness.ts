import { checkHistories } from '../support/check-histories.ts'
import type { HistoryBatch, HistoryPlan } from '../support/pace.ts'
import { Replay } from './histories/replay.ts'
import { history } from './histories/step-arbitrary.ts'
import type { Bench } from './support/bench.ts'
import type { MemoryCases } from './support/memory-cases.ts'

/** A step is a call, and each conversation is looked at after it. */
const plan: HistoryPlan = { defaultRuns: 50, mostPerCase: 10, calls: 150 }
const reopenedPlan: HistoryPlan = { ...plan, mostRuns: 10 }

/** S12: every driver holds what a simple model holds. A failure prints the seed of its case. */
export function sameness({ it, itIfDurable, batches }: MemoryCases): void {
  for (const strategy of ['truncation', 'rolling_summary'] as const) {
    for (const batch of batches(plan)) {
      it(`S12 histories ${batch.range} under ${strategy} come to the same as the model`, ({
        open,
      }) => check(strategy, open, false, batch))
    }

    for (const batch of batches(reopenedPlan)) {
      itIfDurable(
        `S12 histories ${batch.range} under ${strategy} come to the same when the store is opened again on the way`,
        ({ open }) => check(strategy, open, true, batch),
      )
    }
  }
}

async function check(
  strategy: 'truncation' | 'rolling_summary',
  open: Bench['open'],
  isDurable: boolean,
  batch: HistoryBatch,
): Promise<void> {
  await checkHistories(history, batch, async ({ steps, ...rules }) => {
    await new Replay({ strategy, ...rules }, open, isDurable).run(steps)
  })
}
