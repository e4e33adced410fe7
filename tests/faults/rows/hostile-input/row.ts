import { join } from 'node:path'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { fuzzPlaces } from '../../harness/fuzzing-process.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { brokenBuilds } from './broken-builds.ts'
import type { Place } from './stores.ts'
import type { WorkerConfig } from './worker.ts'

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
  slice: 1_200,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsn = await freshDatabase()
  const places = shares.map(([place, share], index) => {
    const calls = Math.ceil(rounds * share)
    const config: WorkerConfig = { place, dsn, seed: rounds + index, calls }
    return { name: place, config }
  })
  const silenceMs = brokenBuild === undefined ? HANG_LIMIT_MS : SILENCE_OF_BROKEN_BUILD_MS
  return fuzzPlaces(places, { script, brokenBuild, progress, silenceMs })
}
