/** Load from many callers on all three stores, while another process crashes the server. */
import { sumOf } from '../../harness/figures.ts'
import { hangLimit } from '../../harness/this-build.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import type { Caller } from '../../harness/workload/caller.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openPostgresStores } from '../../harness/workload/stores.ts'
import { Tally, type Expectations } from '../../harness/workload/tally.ts'

const { dsn } = workerConfig<{ dsn: string }>()

// Longer than a busy machine takes to start a server again.
const patient = await openPostgresStores({ dsn, retryTimeoutMs: hangLimit(30_000) })
const hasty = await openPostgresStores({ dsn, retryTimeoutMs: 30 })
const sound: Expectations = { errors: 'none' }
const impatient: Expectations = { errors: 'typed' }

const tally = new Tally()
let isOver = true
let round: { readonly callers: readonly Caller[]; readonly load: Promise<unknown> } | undefined

/**
 * Calls until the round is over, and then once more, so that every caller has seen the server come
 * back.
 */
async function keepCalling(caller: Caller, expects: Expectations, warm: () => void): Promise<void> {
  for (let call = 0; !isOver; call += 1) {
    if (call === 2) warm()
    if (!(await tally.acknowledge(caller, caller.next(), expects))) return warm()
  }
  await tally.acknowledge(caller, caller.next(), expects)
}

serve({
  /** Begins the load of a round, and waits until every caller has been acknowledged twice. */
  async begin(number: number) {
    isOver = false
    const loads = [
      ...callersOn(patient, `${number}-one`).map((caller) => ({ caller, expects: sound })),
      ...callersOn(patient, `${number}-two`).map((caller) => ({ caller, expects: sound })),
      ...callersOn(hasty, `${number}-hasty`).map((caller) => ({ caller, expects: impatient })),
    ].map(({ caller, expects }) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      return { caller, warm: promise, load: keepCalling(caller, expects, resolve) }
    })
    round = {
      callers: loads.map(({ caller }) => caller),
      load: Promise.all(loads.map(({ load }) => load)),
    }
    await Promise.all(loads.map(({ warm }) => warm))
  },
  /** Ends the load, and compares what a fresh reader sees with what was acknowledged. */
  async finish() {
    isOver = true
    await round?.load
    await using reader = await openPostgresStores({ dsn })
    const seen = await Promise.all((round?.callers ?? []).map((caller) => caller.check(reader)))
    return sumOf([...seen, tally.take()])
  },
})
