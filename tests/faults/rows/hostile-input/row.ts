import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { startProcess } from '../../harness/start-process.ts'
import { brokenBuilds } from './broken-builds.ts'
import type { Place } from './stores.ts'
import type { WorkerConfig, WorkerLine } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** The share of the calls on each place; most of them never reach a driver. */
const shares: readonly (readonly [place: Place, share: number])[] = [
  ['in memory', 0.4],
  ['SQLite', 0.4],
  ['Postgres', 0.1],
  ['files', 0.1],
]

/** A broken build is not waited for as long. */
const SILENCE_OF_BROKEN_BUILD_MS = 8_000

export const hostileInput: FaultRow = {
  name: 'hostile input',
  how: 'generated junk for every public method of all stores, views, typed slots, open functions, event bus and contexts: wrong types and sizes, lone surrogates, prototypes, proxies, getters that throw or lie, detached bytes, thenables, endless lists',
  checked:
    'typed errors only, that quote nothing; the stores work on; no prototype polluted, no identity seen by another',
  unit: 'calls',
  full: 1_000_000,
  slice: 4_000,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsn = await freshDatabase()
  const done = new Map<Place, number>()
  const noticed = new AbortController()
  const found = await Promise.all(
    shares.map(async ([place, share], index) => {
      const config = { place, dsn, seed: rounds + index, calls: Math.ceil(rounds * share) }
      const part = await fuzz(config, brokenBuild, noticed.signal, (calls) => {
        done.set(place, calls)
        progress([...done.values()].reduce((sum, each) => sum + each, 0))
      })
      if (isNoticed(brokenBuild, [part])) noticed.abort()
      return part
    }),
  )
  return sumOf(found)
}

async function fuzz(
  config: WorkerConfig,
  brokenBuild: BrokenBuild | undefined,
  noticed: AbortSignal,
  progress: (done: number) => void,
): Promise<Figures> {
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
  const exited = once(child, 'exit')
  noticed.addEventListener('abort', () => child.kill('SIGKILL'))
  const silenceMs = brokenBuild === undefined ? HANG_LIMIT_MS : SILENCE_OF_BROKEN_BUILD_MS
  const watch = setTimeout(() => child.kill('SIGKILL'), silenceMs)
  let found: Figures | undefined
  let reached = 0
  for await (const line of createInterface({ input: child.stdout })) {
    watch.refresh()
    const told = JSON.parse(line) as WorkerLine
    if ('found' in told) found = told.found
    else progress((reached = told.done))
  }
  await exited
  clearTimeout(watch)
  const where = `${config.place}, seed ${config.seed}`
  if (found === undefined) {
    return figures({ violations: [`${where}: a call after ${reached} hangs or ends the process`] })
  }
  return { ...found, violations: found.violations.map((each) => `${config.place}: ${each}`) }
}
