/**
 * Callers on many databases at once, each of which has a fault of its own. It handles no error but
 * those of calls.
 */
import type { Figures } from '../../harness/fault-row.ts'
import { sumOf } from '../../harness/figures.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import { openPostgresStores } from '../../harness/workload/stores.ts'
import { whenNoticed } from '../../harness/workload/tally.ts'
import { poolFaults } from './faults.ts'
import { Lane, patientLimits } from './lane.ts'

const { dsn } = workerConfig<{ dsn: string }>()

let restarted: readonly Lane[] = []

async function callAll(): Promise<void> {
  await Promise.all(restarted.map((lane) => lane.interruptedRound(async () => {})))
}

serve({
  /** Makes every fault happen `times` times. */
  async run(times: number): Promise<Figures> {
    // The tables are created before any call has a short timeout.
    await (await openPostgresStores({ dsn }))[Symbol.asyncDispose]()
    const found = Promise.all(
      poolFaults.map(async ({ name, limits, round }) => {
        const lane = await Lane.open(name, dsn, limits)
        for (let number = 0; number < times; number += 1) await round(lane, number)
        return lane.finish()
      }),
    )
    return Promise.race([found.then(sumOf), whenNoticed])
  },
  /** Opens what is idle while the server is restarted. */
  async open() {
    restarted = await Promise.all(
      ['restart', 'restart, own pool'].map((name) => Lane.open(name, dsn, patientLimits)),
    )
    await callAll()
  },
  call: callAll,
  async finish() {
    return sumOf(await Promise.all(restarted.map((lane) => lane.finish())))
  },
})
