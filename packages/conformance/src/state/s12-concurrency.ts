import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { StateStore } from '@harborage/state'
import { describeCalls, unexplainedCalls } from '../histories/serial-order.ts'
import type { HistoryBatch, HistoryPlan } from '../support/pace.ts'
import { CALLED_KINDS, StateCaller } from './concurrent/state-caller.ts'
import { stateModel } from './concurrent/state-model.ts'
import type { StateCases } from './support/state-cases.ts'

const plan: HistoryPlan = { defaultRuns: 25, maxRuns: 50, maxPerCase: 25, calls: 30 }
const planOfExpiry: HistoryPlan = { defaultRuns: 6, maxRuns: 30, maxPerCase: 15, calls: 30 }
const CALLERS = 4
const CALLS_EACH = 6
/** The distance between the seeds of two cases. No case has as many histories. */
const SEEDS_OF_A_CASE = 1_000

/** Registers the cases of S12: concurrent calls answer as if they were made in some order. */
export function concurrency({ it, itIfShared, batches }: StateCases): void {
  for (const batch of batches(plan)) {
    it(`S12 concurrent histories ${batch.range} are explained by some order of their calls`, async ({
      store,
    }) => {
      await checkBatch(batch, { stores: [store] })
    })

    itIfShared(
      `S12 concurrent histories ${batch.range} of several stores are explained by some order of their calls`,
      async ({ store, open }) => {
        await checkBatch(batch, { stores: [store, await open()] })
      },
    )
  }
  for (const batch of batches(planOfExpiry)) {
    it(`S12 concurrent histories ${batch.range} of records that expire are explained by some order of their calls`, async ({
      store,
    }) => {
      await checkBatch(batch, { stores: [store], expires: true })
    })

    itIfShared(
      `S12 concurrent histories ${batch.range} of records that expire in several stores are explained by some order of their calls`,
      async ({ store, open }) => {
        await checkBatch(batch, { stores: [store, await open()], expires: true })
      },
    )
  }
}

/** The stores of a history, and whether its records expire. */
interface Tested {
  readonly stores: readonly StateStore[]
  readonly expires?: boolean
}

async function checkBatch({ runs, seed }: HistoryBatch, tested: Tested): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    await checkHistory(tested, seed * SEEDS_OF_A_CASE + run, `seed ${seed}, history ${run + 1}`)
  }
}

async function checkHistory(
  { stores, expires = false }: Tested,
  seed: number,
  what: string,
): Promise<void> {
  let time = 0
  const now = (): number => (time += 1)
  const tenantId = `tenant-${randomUUID()}`
  const callers = Array.from({ length: CALLERS }, (_, caller) => {
    const store = stores[caller % stores.length] ?? assert.fail('there is a store')
    return new StateCaller({
      store,
      tenantId,
      name: `${caller}`,
      seed: seed * CALLERS + caller,
      expires,
      now,
    })
  })
  await Promise.all(callers.map((caller) => caller.work(CALLS_EACH)))
  await callers[0]?.readAll()
  const unexplained = unexplainedCalls(
    stateModel(CALLED_KINDS),
    callers.flatMap(({ history }) => history),
  )
  if (unexplained === undefined) return
  assert.fail(`no order explains these calls (${what}):\n${describeCalls(unexplained)}`)
}
