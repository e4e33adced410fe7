import { BARE, HARBORAGE, type EngineName, type Figure } from '../measure/benchmark.ts'
import type { Measured } from '../measure/interleave.ts'
import { ratios, spreadOf, type Spread } from '../measure/statistics.ts'
import type { Machine } from './machine.ts'

/** The results of a run, as in the file with which later runs are compared. */
export interface Results {
  readonly format: 1
  /** The date of the run. */
  readonly date: string
  readonly machine: Machine
  readonly settings: { readonly rounds: number; readonly sliceMs: number; readonly quick: boolean }
  /** The origin of the replayed runs. */
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
  /** The reason why there are no results. */
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

/** Returns the microseconds per operation of a contender, or `undefined` if it failed. */
export function costOf(race: RaceResult, name: string): Spread | undefined {
  const measured = working(race, name)
  return measured && spreadOf(measured.rounds)
}

/** Returns the speed of Harborage relative to another contender, or `undefined` if one failed. */
export function speedOver(race: RaceResult, other: string): Spread | undefined {
  return related(race, other, HARBORAGE)
}

/** Returns the cost of a size relative to another one. */
export function costRelativeTo(
  race: RaceResult,
  size: string,
  reference: string,
): Spread | undefined {
  return related(race, size, reference)
}

/** Returns the contenders other than the bare client and all variants of Harborage. */
export function peersOf(race: RaceResult): readonly string[] {
  return race.contenders
    .map(({ name }) => name)
    .filter((name) => name !== BARE && !name.startsWith(HARBORAGE))
}

/** Returns a description of every failure of a run. */
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
