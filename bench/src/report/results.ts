import { BARE, HARBORAGE, type EngineName, type Figure } from '../measure/benchmark.ts'
import type { Measured } from '../measure/interleave.ts'
import { ratios, spreadOf, type Spread } from '../measure/statistics.ts'
import type { Machine } from './machine.ts'

/** What a run found out: the file that later runs are compared with. */
export interface Results {
  readonly format: 1
  /** The day of the run. */
  readonly date: string
  readonly machine: Machine
  readonly settings: { readonly rounds: number; readonly sliceMs: number; readonly quick: boolean }
  /** Where the replayed runs come from. */
  readonly replayed: string
  readonly races: readonly RaceResult[]
  readonly surveys: readonly SurveyResult[]
}

export interface RaceResult {
  readonly id: string
  readonly title: string
  readonly engine: EngineName
  readonly unit: string
  readonly compares: 'contenders' | 'sizes'
  readonly contenders: readonly Measured[]
  /** Why there is nothing to tell. */
  readonly failure?: string
}

export interface SurveyResult {
  readonly id: string
  readonly title: string
  readonly figures: readonly Figure[]
  readonly failure?: string
}

export function raceOf(results: Pick<Results, 'races'>, id: string): RaceResult | undefined {
  return results.races.find((race) => race.id === id)
}

/** What a contender needs for one operation, in microseconds; undefined if it failed. */
export function costOf(race: RaceResult, name: string): Spread | undefined {
  const measured = working(race, name)
  return measured && spreadOf(measured.rounds)
}

/** How many times as fast Harborage is as another one, round by round; undefined if one of them failed. */
export function speedOver(race: RaceResult, other: string): Spread | undefined {
  return related(race, other, HARBORAGE)
}

/** How many times as much a size costs as another one. */
export function costRelativeTo(
  race: RaceResult,
  size: string,
  reference: string,
): Spread | undefined {
  return related(race, size, reference)
}

/** The contenders that are neither Harborage, in whatever way it is used, nor the bare client. */
export function peersOf(race: RaceResult): readonly string[] {
  return race.contenders
    .map(({ name }) => name)
    .filter((name) => name !== BARE && !name.startsWith(HARBORAGE))
}

/** Everything that went wrong in a run, in words. */
export function failuresOf(results: Pick<Results, 'races' | 'surveys'>): readonly string[] {
  return [
    ...results.races.flatMap(({ id, failure, contenders }) => [
      ...(failure === undefined ? [] : [`${id}: ${failure}`]),
      ...contenders.flatMap((contender) =>
        contender.failure === undefined ? [] : [`${id}, ${contender.name}: ${contender.failure}`],
      ),
    ]),
    ...results.surveys.flatMap(({ id, failure }) =>
      failure === undefined ? [] : [`${id}: ${failure}`],
    ),
  ]
}

function related(race: RaceResult, above: string, below: string): Spread | undefined {
  const one = working(race, above)
  const other = working(race, below)
  if (one === undefined || other === undefined) return undefined
  return spreadOf(ratios(one.rounds, other.rounds))
}

function working(race: RaceResult, name: string): Measured | undefined {
  return race.contenders.find(
    (measured) =>
      measured.name === name && measured.failure === undefined && measured.rounds.length > 0,
  )
}
