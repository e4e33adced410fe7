import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { startProcess } from '../../harness/start-process.ts'
import { brokenBuilds } from './broken-builds.ts'
import type { Place } from './stores.ts'
import type { WorkerConfig } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** The share of the operations on each place, the slowest one last. */
const shares: readonly (readonly [place: Place, share: number])[] = [
  ['in memory', 0.3],
  ['SQLite', 0.35],
  ['Postgres', 0.3],
  ['files', 0.05],
]

/** The full run goes on new ground now and then, so that no conversation grows without end. */
const MOST_AT_ONCE = 20_000

export const staleRetries: FaultRow = {
  name: 'stale retries',
  how: 'every save, turn and put repeated late, in random order, beside the next ones, on every driver; the last time when 16 saves or 71 turns have come since',
  checked: 'a slot never goes back; a turn and an artifact are there once, as they were first',
  unit: 'operations',
  full: 100_000,
  slice: 1_000,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsn = await freshDatabase()
  const found: Figures[] = []
  const noticed = new AbortController()
  for (let done = 0, seed = 0; done < rounds; seed += 1) {
    const operations = Math.min(MOST_AT_ONCE, rounds - done)
    const parts = shares.map(async ([place, share]) => {
      const config = { place, dsn, seed, operations: Math.ceil(operations * share) }
      const part = await repeat(config, brokenBuild, noticed.signal)
      if (isNoticed(brokenBuild, [part])) noticed.abort()
      return part
    })
    found.push(...(await Promise.all(parts)))
    done += operations
    progress(done)
  }
  return sumOf(found)
}

async function repeat(
  config: WorkerConfig,
  brokenBuild: BrokenBuild | undefined,
  noticed: AbortSignal,
): Promise<Figures> {
  const child = startProcess(script, [JSON.stringify(config)], { brokenBuild })
  noticed.addEventListener('abort', () => child.kill('SIGKILL'))
  const [told] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (told === '') return figures({ violations: [`${config.place}: the process fell over`] })
  const found = JSON.parse(told) as Figures
  return { ...found, violations: found.violations.map((each) => `${config.place}: ${each}`) }
}
