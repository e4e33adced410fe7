import type { RaceResult, Results } from '../../src/report/results.ts'

/** Returns a race of three rounds, from the microseconds per operation of each contender. */
export function sampleRace(
  id: string,
  costs: Readonly<Record<string, readonly number[]>>,
  facts: Partial<RaceResult> = {},
): RaceResult {
  return {
    id,
    title: id,
    engine: 'sqlite',
    unit: 'save',
    compares: 'contenders',
    contenders: Object.entries(costs).map(([name, rounds]) => ({ name, rounds })),
    ...facts,
  }
}

export function sampleResults(facts: Partial<Results> = {}): Results {
  return {
    format: 1,
    date: '2026-01-02',
    machine: {
      cpu: 'Example CPU',
      cores: 2,
      memoryGiB: 8,
      system: 'Linux 6',
      fileSystem: 'ext4',
      node: '24.0.0',
      sqlite: '3.54.1',
      postgres: '18.4',
      postgresSettings: { fsync: 'on' },
      packages: { pg: '8.23.1' },
    },
    settings: { rounds: 3, sliceMs: 150, quick: false },
    replayed: '60 of 200 recorded runs',
    races: [],
    surveys: [],
    ...facts,
  }
}
