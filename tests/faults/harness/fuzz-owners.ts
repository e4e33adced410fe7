import type { Figures, RowRun } from './fault-row.ts'
import { fuzzPlaces } from './fuzzing-process.ts'
import { freshDatabase } from './postgres.ts'

/** The share of the calls on each place. */
const shares: readonly (readonly [place: string, share: number])[] = [
  ['memory', 0.4],
  ['SQLite', 0.4],
  ['Postgres', 0.2],
]

/**
 * Runs a script that makes calls of several owners, in a process for each place. It gets a DSN, a
 * seed and the number of calls.
 */
export async function fuzzOwners(
  script: string,
  { rounds, brokenBuild, progress }: RowRun,
): Promise<Figures> {
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
