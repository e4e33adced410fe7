/**
 * Walks each call of a checkout's stores on one database, and prints what it found as JSON. The
 * arguments are `count` or `order`, the checkout and the DSN.
 */
import { CallOrder, type PassedFunction } from './call-order.ts'
import { callNames, openCalls, type CallName, type PreparedCall } from './measured-calls.ts'
import { PreciseCoverage } from './precise-coverage.ts'
import { summarizeWalk } from './summarize-walk.ts'
import { walkWarm } from './walk-calls.ts'
import type { Walk } from './walk.ts'

/** What it prints for `count`. */
export type CountedWalks = Readonly<Record<CallName, Walk>>
/** What it prints for `order`. */
export type OrderedWalks = Readonly<Record<CallName, readonly PassedFunction[]>>

const [what, checkout = '', dsn = ''] = process.argv.slice(2)
const walk = what === 'order' ? orderedWalk() : await countedWalk()
const { calls, close } = await openCalls(checkout, dsn)
const walks: Partial<Record<CallName, unknown>> = {}
for (const name of callNames) walks[name] = await walk(calls[name])
await close()
process.stdout.write(JSON.stringify(walks))

function orderedWalk(): (prepare: PreparedCall) => Promise<unknown> {
  const order = new CallOrder(checkout)
  return (prepare) => walkWarm(prepare, order)
}

async function countedWalk(): Promise<(prepare: PreparedCall) => Promise<unknown>> {
  const coverage = new PreciseCoverage()
  await coverage.start()
  return async (prepare) => summarizeWalk(checkout, await walkWarm(prepare, coverage))
}
