/** Follows `call` of packages/known in a checkout, and prints its walk: `count` or `order`. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { CallOrder } from '../call-order.ts'
import { PreciseCoverage } from '../precise-coverage.ts'
import { summarizeWalk } from '../summarize-walk.ts'
import { walkWarm } from '../walk-calls.ts'

const [what, checkout = ''] = process.argv.slice(2)
const coverage = new PreciseCoverage()
const order = what === 'order' ? new CallOrder(checkout) : undefined
if (order === undefined) await coverage.start()
const known = pathToFileURL(join(checkout, 'packages/known/src/index.ts')).href
const { call } = (await import(known)) as { call: () => Promise<unknown> }
const prepare = () => Promise.resolve(call)
const walk =
  order === undefined
    ? summarizeWalk(checkout, await walkWarm(prepare, coverage))
    : await walkWarm(prepare, order)
process.stdout.write(JSON.stringify(walk))
