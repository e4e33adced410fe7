import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'
import { postgresServer } from '../../harness/postgres.ts'
import { startProcess, type RunningProcess } from '../../harness/start-process.ts'
import { CLOSED } from '../../harness/writer/told.ts'
import { crashes } from '../postgres-crash/crashes.ts'
import { acknowledgedOf, checkLanes } from '../torn-steps/check-lanes.ts'
import { newPostgresPlace, type Place } from '../torn-steps/places.ts'
import { stepWriterScript, type StepWriterOptions } from '../torn-steps/step-writer-options.ts'

const STEPS = 24
/** How many steps were acknowledged when the server crashes. */
const BEFORE_CRASH = 12
/** Each attempt waits for the server as long as the engine does. */
const ATTEMPTS = 20
const CRASHES_PER_DATABASE = 25

let place: (Place & AsyncDisposable) | undefined

/** Crashes a Postgres server under steps, which go on when it is back, and looks at them. */
export async function crashServer(round: number, lanes: readonly string[]): Promise<Figures> {
  const server = await postgresServer()
  if (place === undefined || round % CRASHES_PER_DATABASE === 0) place = await newPostgresPlace()
  const own = lanes.map((lane) => `round ${round} ${lane}`)
  const options: StepWriterOptions = {
    dsn: place.dsn,
    lanes: own,
    steps: STEPS,
    attempts: ATTEMPTS,
  }
  const writer = startProcess(stepWriterScript, [JSON.stringify(options)])
  const exited = once(writer, 'exit')
  const warm = Promise.withResolvers<void>()
  const told = readLines(writer, warm.resolve)
  await warm.promise
  await crashes[round % crashes.length]?.(server, place.dsn)
  const lines = await told
  await exited
  if (writer.exitCode !== 0) {
    return figures({ violations: ['a writer ended with an error while its server was away'] })
  }
  return checkLanes(place, own, acknowledgedOf(lines, own))
}

/** Resolves to the acknowledgements of a writer. Calls `warm` once there are some, or it ended. */
async function readLines(writer: RunningProcess, warm: () => void): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line !== CLOSED) lines.push(line)
    if (lines.length >= BEFORE_CRASH) warm()
  }
  warm()
  return lines
}
