/**
 * Makes calls until it is killed, in several lanes, and writes a line for each that was
 * acknowledged. On Postgres, the answers to appends are lost now and then.
 */
import { flushCompileCache } from 'node:module'
import { TcpProxy, type Fault } from '@harborage/test-kit/postgres/tcp-proxy'
import { writeLine } from '@harborage/test-kit/write-line'
import { keepTrying } from '../../harness/keep-trying.ts'
import { workerConfig } from '../../harness/serve.ts'
import { isReplacement, makeCall, openJournalAt } from './append-lane.ts'

const { dsn, stream, lanes, attempts } = workerConfig<{
  readonly dsn: string
  readonly stream: string
  readonly lanes: readonly string[]
  /** The number of attempts of a call that fails since its server is away. */
  readonly attempts: number
}>()

const STANDARD_OUTPUT = 1
/** The beginning of the names of the statements that append. */
const APPEND = 'harbor_journal_append'
/** One of this many calls is made again. */
const REPEATED = 2
/** One of this many calls loses an answer. */
const LOST = 5
const faults: readonly Fault[] = ['cut the answer', 'cut before sending', 'cut after sending']

const proxy = dsn.startsWith('postgres') ? await TcpProxy.start(dsn) : undefined
const journal = await keepTrying(attempts, () => openJournalAt(proxy?.dsn ?? dsn))
flushCompileCache()
await Promise.all(lanes.map(work))

async function work(lane: string): Promise<void> {
  for (let call = 1, ifPosition = 0; ; call += 1) {
    const fault = call % LOST === 0 ? faults[(call / LOST) % faults.length] : undefined
    if (fault !== undefined) void proxy?.failOnce(APPEND, fault)
    const make = () => makeCall(journal, { stream, lane, call, ifPosition })
    let told = await keepTrying(attempts, make)
    // The answer to a repetition has to be the same.
    if (call % REPEATED === 0) told = await keepTrying(attempts, make)
    if (isReplacement(call)) ifPosition = told.position
    writeLine(STANDARD_OUTPUT, JSON.stringify(told))
  }
}
