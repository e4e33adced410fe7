/**
 * One process of several behind a pooler: many tenants by turns, each of whose reads is compared
 * with what it wrote.
 */
import { allOfTenant, isHarborageError } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import type { Figures } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { Random } from '../../harness/random.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openPostgresStores, type Stores } from '../../harness/workload/stores.ts'
import { Tally } from '../../harness/workload/tally.ts'

const { dsn, process: own } = workerConfig<{ dsn: string; process: number }>()

const TENANTS = 8

let stores: (Stores & AsyncDisposable) | undefined

serve({
  /** Opens the stores, and with them migrates, at the same time as others do. */
  async open() {
    stores = await openPostgresStores({
      dsn,
      preparedStatements: false,
      max: 4,
      // Many callers share few connections, and on a busy machine each waits long for its turn.
      connectionTimeoutMs: 60_000,
    })
  },
  /** Opens with `readOnly`, although the pooler refuses what asks the server for it. */
  async look(): Promise<Figures> {
    try {
      await using database = await openPostgres({ dsn, preparedStatements: false, readOnly: true })
      await using state = await openStateStore({ database, migrate: 'verify' })
      await state.deleteAll(allOfTenant({ tenantId: 'no tenant' }))
      return figures({ violations: ['a database that is opened with readOnly was changed'] })
    } catch (error) {
      const isRefused = isHarborageError(error, 'store_unavailable') && !error.retryable
      return isRefused && error.message.includes('opened with readOnly')
        ? figures({})
        : figures({ violations: [`no look with readOnly: ${String(error)}`] })
    }
  },
  /** Makes `count` calls, reads among them, and returns their outcomes. */
  async work({ from, calls }: { from: number; calls: number }): Promise<Figures> {
    if (stores === undefined) throw new Error('the stores are opened first')
    const through = stores
    const random = new Random(own * 1_000_003 + from)
    const tally = new Tally()
    // The sessions have the same names in every tenant: only the tenant tells them apart.
    const callers = Array.from({ length: TENANTS }, (_, tenant) =>
      callersOn(through, `session ${own} ${from}`, `tenant ${tenant}`),
    ).flat()
    const found: Figures[] = []
    const perCaller = Math.max(Math.round(calls / callers.length), 2)
    await Promise.all(
      callers.map(async (caller) => {
        for (let call = 0; call < perCaller; call += 1) {
          if (random.below(2) === 0) {
            found.push(await caller.check(through))
            tally.acknowledged += 1
          } else if (!(await tally.acknowledge(caller, caller.next(), { errors: 'none' }))) return
        }
      }),
    )
    return sumOf([...found, tally.take()])
  },
})
