/**
 * Makes steps in several lanes and writes a line for each step that was acknowledged, until it is
 * killed or has made as many as it was told. On Postgres, the answers to COMMIT are lost now and
 * then.
 */
import { openSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { TcpProxy, type Fault } from '@harborage/test-kit/postgres/tcp-proxy'
import { writeLine } from '@harborage/test-kit/write-line'
import { keepTrying } from '../../harness/keep-trying.ts'
import { workerConfig } from '../../harness/serve.ts'
import { CLOSED } from '../../harness/writer/told.ts'
import type { Acknowledgement } from './check-lanes.ts'
import { sqlitePlace } from './places.ts'
import { makeStep, openStepStores } from './step-lane.ts'
import type { StepWriterOptions } from './step-writer-options.ts'

const { dsn, lanes, steps = Infinity, attempts = 1, log } = workerConfig<StepWriterOptions>()

const STANDARD_OUTPUT = 1
const COMMIT = 'COMMIT\0'
/** One of this many steps loses an answer. */
const LOST = 3
const faults: readonly Fault[] = [
  'cut the answer',
  'cut before sending',
  'cut while sending',
  'cut after sending',
  { cutAnswerAfter: 5 },
]

const told = log === undefined ? STANDARD_OUTPUT : openSync(log, 'a')
const proxy = dsn.startsWith('postgres') ? await TcpProxy.start(dsn) : undefined
const stores = await openStepStores(proxy?.dsn ?? dsn)
// The log of the file is there by then, so the table is as durable as the first step.
if (proxy === undefined) sqlitePlace(dsn.slice('sqlite:'.length))
flushCompileCache()
await Promise.all(lanes.map(work))
await stores[Symbol.asyncDispose]()
await proxy?.[Symbol.asyncDispose]()
writeLine(told, CLOSED)

async function work(lane: string): Promise<void> {
  for (let step = 1; step <= steps; step += 1) {
    const fault = faults[(step / LOST) % faults.length]
    if (fault !== undefined) void proxy?.failOnce(COMMIT, fault)
    await keepTrying(attempts, () => makeStep(stores, lane, step))
    writeLine(told, JSON.stringify({ lane, step } satisfies Acknowledgement))
  }
}
