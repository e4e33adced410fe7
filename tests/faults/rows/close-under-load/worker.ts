/**
 * Closes all stores while many operations are in flight, tells how each ended, and has nothing left
 * to do then.
 */
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'

import { createEventBus, isHarborageError } from '@harborage/core'
import type { Summarizer } from '@harborage/memory'

import { Random } from '../../harness/random.ts'
import { operationsOf } from './operations.ts'
import { closeStores, openStores, type Ground } from './places.ts'

export interface WorkerConfig {
  readonly ground: Ground
  readonly round: string
  readonly seed: number
}

/**
 * The outcome of each operation: `done`, the code of an error, a description of a fault, or `''`.
 */
export interface WorkerReport {
  readonly outcomes: readonly string[]
  /** The outcomes of calls that were made after `close`. */
  readonly late: readonly string[]
}

const { ground, round, seed } = JSON.parse(process.argv[2] ?? '') as WorkerConfig
const random = new Random(seed)

/**
 * Some summaries are written, some fail and are about to be retried, some go on until they are
 * aborted.
 */
const summarizer: Summarizer = {
  async summarize({ sessionId }, { previousSummary, turns }, { signal }) {
    const trouble = Number(sessionId.slice(1)) % 4
    if (trouble === 1) throw new Error('the summarizer fails')
    if (trouble === 2) {
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(signal.reason))
      return promise
    }
    return { summary: [previousSummary, ...turns.map((turn) => turn.userMessage)].join('\n') }
  },
}

const bus = createEventBus()
const retrying = Promise.withResolvers<void>()
bus.subscribe({ type: 'memory.health_changed' }, () => retrying.resolve())
const stores = await openStores(ground, { summarizer, bus })
const operations = operationsOf(round, seed, stores.state !== undefined)
const outcomes: string[] = operations.map(() => '')
const running = operations.map(async ({ call }, number) => {
  outcomes[number] = await outcomeOf(() => call(stores))
})
await momentToClose()
const closing = closeStores(stores)
const late = Promise.all(operations.slice(0, 16).map(({ call }) => outcomeOf(() => call(stores))))
await Promise.all([closing, stores.artifacts.close()])
// What was settled by the close may still have a few promises to go through.
await setImmediate()
const report: WorkerReport = { outcomes, late: await late }
process.stdout.write(`${JSON.stringify(report)}\n`)

/**
 * From the very first moment to when half of the operations have ended, or a summary waits for its
 * retry.
 */
async function momentToClose(): Promise<void> {
  const ended = random.of([0, 1, 8, 64, 'retrying'] as const)
  if (ended === 'retrying') {
    if (stores.memory === undefined) return
    // The first session of those whose summaries fail.
    const session = { tenantId: 'acme', userId: round, sessionId: 's1' }
    await stores.memory.addTurn(session, { userMessage: 'one more', assistantResponse: '' })
    await retrying.promise
    // The step is told before the pause for the retry begins.
    await setImmediate()
    return
  }
  if (random.below(2) === 0) await Promise.resolve()
  while (outcomes.filter((outcome) => outcome !== '').length < ended) await Promise.race(pending())
}

function pending(): readonly Promise<void>[] {
  return running.filter((_, number) => outcomes[number] === '')
}

async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'done'
  } catch (error) {
    return isHarborageError(error) ? error.code : inspect(error)
  }
}
