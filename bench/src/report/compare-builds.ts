import { HARBORAGE } from '../measure/benchmark.ts'
import { ENGINE_TITLES } from './engines.ts'
import { formatSpread, formatTime } from './numbers.ts'
import { costOf, speedOver, type RaceResult, type Results } from './results.ts'

/** A case is slower if its median is below this. */
const LEAST_MEDIAN = 0.97
/** A case is slower if the upper quartile of its rounds is below this. */
const LEAST_UPPER_QUARTILE = 1

export interface ComparedBuilds {
  readonly table: string
  /** The ids of the cases in which the current build is slower, or one of the builds failed. */
  readonly slower: readonly string[]
}

/** Compares the current build with another one of the same run, by their ratio in each round. */
export function compareBuilds(results: Pick<Results, 'races'>, other: string): ComparedBuilds {
  const slower = results.races.filter((race) => isSlower(race, other))
  const rows = results.races.map((race) => {
    const [before, now] = [costOf(race, other), costOf(race, HARBORAGE)]
    const speed = speedOver(race, other)
    return row([
      `${slower.includes(race) ? '✗' : '✓'} ${race.title} · ${ENGINE_TITLES[race.engine]}`,
      before ? formatTime(before.median) : '-',
      now ? formatTime(now.median) : '-',
      speed ? formatSpread(speed) : 'failed',
    ])
  })
  const head = row(['old / new: median (quartiles)', other, HARBORAGE, 'old / new'])
  const verdict =
    slower.length === 0
      ? 'No case is slower.'
      : `Slower (median below ${LEAST_MEDIAN}, or upper quartile below ${LEAST_UPPER_QUARTILE}): ${slower.map(({ id }) => id).join(', ')}`
  return { table: [head, ...rows, '', verdict].join('\n'), slower: slower.map(({ id }) => id) }
}

function isSlower(race: RaceResult, other: string): boolean {
  const speed = speedOver(race, other)
  if (speed === undefined) return true
  return speed.median < LEAST_MEDIAN || speed.high < LEAST_UPPER_QUARTILE
}

function row([title = '', ...cells]: readonly string[]): string {
  return `${title.padEnd(48)}${cells.map((cell) => cell.padStart(24)).join(' ')}`
}
