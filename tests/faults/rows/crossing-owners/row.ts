import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { fuzzPlaces } from '../../harness/fuzzing-process.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { brokenBuilds } from './broken-builds.ts'

/** In the package of the adapter, where its framework is installed. */
const script = join(repositoryRoot, 'adapters/langgraph/test/isolation/worker.ts')

/** The share of the calls on each place. */
const shares: readonly (readonly [place: string, share: number])[] = [
  ['memory', 0.4],
  ['SQLite', 0.4],
  ['Postgres', 0.2],
]

export const crossingOwners: FaultRow = {
  name: 'crossing owners',
  how: 'calls of the saver and the store for LangGraph, several at once, of owners with similar names, with thread ids, namespaces, keys and a configurable that name other owners',
  checked: 'each answer is what this owner stored: nothing of another one, and all of its own',
  unit: 'calls',
  full: 100_000,
  slice: 600,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsns: Readonly<Record<string, string>> = {
    memory: 'memory:',
    SQLite: 'sqlite::memory:',
    Postgres: await freshDatabase(),
  }
  const places = shares.map(([place, share], index) => ({
    name: place,
    config: { dsn: dsns[place], seed: index + 1, calls: Math.ceil(rounds * share) },
  }))
  return fuzzPlaces(places, { script, brokenBuild, progress })
}
