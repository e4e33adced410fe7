/**
 * Callers on all three stores, each of whose calls meets a network that fails at a chosen place.
 */
import { TcpProxy, type Fault } from '@harborage/test-kit/postgres/tcp-proxy'
import type { Figures } from '../../harness/fault-row.ts'
import { complaints, figures, sumOf } from '../../harness/figures.ts'
import { hangLimit, isBroken } from '../../harness/this-build.ts'
import { Random } from '../../harness/random.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import type { Caller } from '../../harness/workload/caller.ts'
import { callersOn } from '../../harness/workload/callers.ts'
import { openInTime, openPostgresStores } from '../../harness/workload/stores.ts'
import { Tally } from '../../harness/workload/tally.ts'

const { dsn } = workerConfig<{ dsn: string }>()

const LANES = 8
const CALLS_OF_CALLERS = 24
/** A broken build is checked more often, to find its fault sooner. */
const CALLS_BETWEEN_CHECKS = isBroken ? 6 : CALLS_OF_CALLERS
/** An answer that says how many rows were written has some 40 bytes. */
const ANSWER_BYTES = 48
/** As it is on the wire: BEGIN names the isolation level READ COMMITTED. */
const COMMIT = 'COMMIT\0'

/** Longer than it takes to ask as often as answers get lost. */
const PATIENCE_MS = hangLimit(30_000)
/** Of each lane; with little patience some calls end with the outcome unknown. */
const retryTimeouts = [...Array<number>(LANES - 2).fill(PATIENCE_MS), 20, 0]

function faultOf(random: Random, { name }: Caller, isCommit: boolean): Fault {
  switch (random.below(12)) {
    case 0:
    case 1:
      return 'cut before sending'
    case 2:
      return 'cut while sending'
    case 3:
    case 4:
      return 'cut after sending'
    case 5:
    case 6:
      return 'cut the answer'
    case 7:
      return 'swallow the answer'
    case 8:
      // A transaction that is held back keeps its locks for as long as the server believes in its
      // client. And a deleted slot remembers nothing, so that a save that arrives after it is a new
      // one: the docs say so.
      if (isCommit) return 'roll back instead'
      return name === 'delete' ? 'cut the answer' : 'hold back'
    default:
      return { cutAnswerAfter: random.below(ANSWER_BYTES) }
  }
}

/** Whether any lane has revealed the fault of this build. */
let isNoticed = false

/** Makes a number of faults happen to one caller after the other, and compares what is stored. */
async function runLane(lane: number, cuts: number): Promise<Figures> {
  const random = new Random(lane)
  const retryTimeoutMs = retryTimeouts[lane] ?? PATIENCE_MS
  await using proxy = await TcpProxy.start(dsn)
  await using stores = await openInTime({
    dsn: proxy.dsn,
    max: 2,
    queryTimeoutMs: 2_000,
    retryTimeoutMs,
  })
  await using reader = await openPostgresStores({ dsn })
  const tally = new Tally()
  const found: Figures[] = []
  let callers: readonly Caller[] = []
  let happened = 0
  const check = async (): Promise<void> => {
    for (const caller of callers) found.push(await caller.check(reader))
    found.push(tally.take())
    isNoticed ||= isBroken && complaints(sumOf(found)).length > 0
  }
  for (let call = 0; happened < cuts && !isNoticed; call += 1) {
    if (call % CALLS_BETWEEN_CHECKS === 0) await check()
    if (call % CALLS_OF_CALLERS === 0) callers = callersOn(stores, `lane ${lane} from ${call}`)
    const caller = random.of(callers)
    const operation = caller.next()
    const isCommit = operation.isTransaction && random.below(2) === 0
    const faults = [faultOf(random, caller, isCommit)]
    // Sometimes the answer to the question about the outcome is lost as well.
    if (random.below(4) === 0) faults.push(faultOf(random, caller, isCommit))
    for (const fault of faults) {
      void proxy.failOnce(isCommit ? COMMIT : caller.mark, fault).then(() => (happened += 1))
    }
    const isHasty = retryTimeoutMs < PATIENCE_MS
    const errors = isHasty || faults.includes('roll back instead') ? 'typed' : 'none'
    await tally.acknowledge(caller, operation, { errors, reader })
    proxy.disarm()
    // Delayed messages arrive after their caller has continued.
    await tally.acknowledge(caller, caller.next(), { errors: isHasty ? 'typed' : 'none' })
    await proxy.deliverLate()
  }
  await check()
  return sumOf([...found, figures({ rounds: happened })])
}

serve({
  async run(cuts: number) {
    const lanes = Array.from({ length: LANES }, (_, lane) => runLane(lane, Math.ceil(cuts / LANES)))
    return sumOf(await Promise.all(lanes))
  },
})
