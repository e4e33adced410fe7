/**
 * Makes steps until it is killed, in several lanes, and writes a line for each step that was
 * acknowledged. On Postgres, the answers to COMMIT are lost now and then.
 */
import { flushCompileCache } from 'node:module'
import { TcpProxy, type Fault } from '@harborage/test-kit/postgres/tcp-proxy'
import { writeLine } from '@harborage/test-kit/write-line'
import { workerConfig } from '../../harness/serve.ts'
import { makeStep, openStepStores } from './step-lane.ts'

const { dsn, lanes } = workerConfig<{ readonly dsn: string; readonly lanes: readonly string[] }>()

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

const proxy = dsn.startsWith('postgres') ? await TcpProxy.start(dsn) : undefined
const stores = await openStepStores(proxy?.dsn ?? dsn)
flushCompileCache()
await Promise.all(lanes.map(work))

async function work(lane: string): Promise<void> {
  for (let step = 1; ; step += 1) {
    const fault = faults[(step / LOST) % faults.length]
    if (fault !== undefined) void proxy?.failOnce(COMMIT, fault)
    await makeStep(stores, lane, step)
    writeLine(STANDARD_OUTPUT, JSON.stringify({ lane, step }))
  }
}
