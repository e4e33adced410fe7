/**
 * One process of several behind a pooler whose backends are ended: callers that repeat what failed
 * for a while, and are checked once no backend is ended any longer.
 */
import type { Figures } from '../../harness/fault-row.ts'
import { sumOf } from '../../harness/figures.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import type { Caller } from '../../harness/workload/caller.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openInTime, openPostgresStores, type Stores } from '../../harness/workload/stores.ts'
import { Tally } from '../../harness/workload/tally.ts'

const {
  dsn,
  direct,
  process: own,
} = workerConfig<{ dsn: string; direct: string; process: number }>()

let stores: (Stores & AsyncDisposable) | undefined
const callers: Caller[] = []

serve({
  async open() {
    stores = await openInTime({ dsn, preparedStatements: false, max: 4 })
  },
  /** Makes about `calls` calls, and returns their outcomes. */
  async work({ from, calls }: { from: number; calls: number }): Promise<Figures> {
    if (stores === undefined) throw new Error('the stores are opened first')
    const tally = new Tally()
    const fresh = callersOn(stores, `session ${own} ${from}`)
    callers.push(...fresh)
    await Promise.all(
      fresh.map(async (caller) => {
        for (let call = 0; call < calls / fresh.length; call += 1) {
          if (!(await tally.acknowledge(caller, caller.next(), { errors: 'typed' }))) return
        }
      }),
    )
    return tally.take()
  },
  /** Compares what a reader past the pooler sees with what was acknowledged. */
  async check(): Promise<Figures> {
    await using reader = await openPostgresStores({ dsn: direct })
    const found: Figures[] = []
    for (const caller of callers) found.push(await caller.check(reader))
    return sumOf(found)
  },
})
