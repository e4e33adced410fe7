import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { JournalStore } from '@harborage/journal'
import { describeCalls, unexplainedCalls } from '../histories/serial-order.ts'
import type { HistoryBatch, HistoryPlan } from '../support/pace.ts'
import { JournalCaller } from './concurrent/journal-caller.ts'
import { journalModel } from './concurrent/journal-model.ts'
import type { JournalCases } from './support/journal-cases.ts'

const plan: HistoryPlan = { defaultRuns: 25, maxRuns: 50, maxPerCase: 25, calls: 30 }
const CALLERS = 4
const CALLS_EACH = 6
/** The distance between the seeds of two cases. No case has as many histories. */
const SEEDS_OF_A_CASE = 1_000

/** Registers the cases of J10: concurrent calls answer as if they were made in some order. */
export function concurrency({ it, itIfShared, batches }: JournalCases): void {
  for (const batch of batches(plan)) {
    it(`J10 concurrent histories ${batch.range} are explained by some order of their calls`, async ({
      store,
    }) => {
      await checkBatch(batch, [store])
    })

    itIfShared(
      `J10 concurrent histories ${batch.range} of several stores are explained by some order of their calls`,
      async ({ store, open }) => {
        await checkBatch(batch, [store, await open()])
      },
    )
  }
}

async function checkBatch(
  { runs, seed }: HistoryBatch,
  stores: readonly JournalStore[],
): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await checkHistory(stores, seed * SEEDS_OF_A_CASE + run, `seed ${seed}, history ${run + 1}`)
  }
}

async function checkHistory(
  stores: readonly JournalStore[],
  seed: number,
  what: string,
): Promise<void> {
  let time = 0
  const now = (): number => (time += 1)
  const tenantId = `tenant-${randomUUID()}`
  const callers = Array.from({ length: CALLERS }, (_, caller) => {
    const store = stores[caller % stores.length] ?? assert.fail('there is a store')
    return new JournalCaller({
      store,
      tenantId,
      name: `${caller}`,
      seed: seed * CALLERS + caller,
      now,
    })
  })
  await Promise.all(callers.map((caller) => caller.work(CALLS_EACH)))
  await callers[0]?.readAll()
  const unexplained = unexplainedCalls(
    journalModel(),
    callers.flatMap(({ history }) => history),
  )
  if (unexplained === undefined) return
  assert.fail(`no order explains these calls (${what}):\n${describeCalls(unexplained)}`)
}
