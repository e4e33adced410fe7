/**
 * A replica of one version: load from many callers on all three stores, while replicas of a newer
 * version come.
 */
import { setTimeout as delay } from 'node:timers/promises'

import { sumOf } from '../../harness/figures.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import type { Caller } from '../../harness/workload/caller.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openPostgresStores } from '../../harness/workload/stores.ts'
import { Tally } from '../../harness/workload/tally.ts'
import { KindWalker, Overwriter, SlotFiller } from './slot-callers.ts'

/** What a replica is started with. */
export interface ReplicaConfig {
  readonly dsn: string
  /** The name of its callers. */
  readonly name: string
  /** How long each caller rests after a call. */
  readonly restMs: number
}

const { dsn, name, restMs } = workerConfig<ReplicaConfig>()
const stores = await openPostgresStores({ dsn, max: 6 })
const tally = new Tally()
const filling = { tenantId: 'acme', userId: 'ann', sessionId: `${name}-fill.`, runId: 'r1' }
const callers: readonly Caller[] = [
  ...callersOn(stores, name),
  new SlotFiller(stores, filling),
  new Overwriter(stores, filling),
  new KindWalker(stores),
]

let isOver = false
let load: Promise<unknown> = Promise.resolve()

async function keepCalling(caller: Caller): Promise<void> {
  while (!isOver) {
    if (!(await tally.acknowledge(caller, caller.next(), { errors: 'typed' }))) return
    if (restMs > 0) await delay(restMs)
  }
}

serve({
  begin() {
    load = Promise.all(callers.map(keepCalling))
  },
  /** Returns how many calls were acknowledged since it began. */
  acknowledged: () => tally.acknowledged,
  /** Ends the load, and resolves to the findings. */
  async finish() {
    isOver = true
    await load
    const seen = await Promise.all(callers.map((caller) => caller.check(stores)))
    return sumOf([...seen, tally.take()])
  },
})
