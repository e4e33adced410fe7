import { BARE, HARBORAGE } from '../measure/benchmark.ts'
import { ENGINE_TITLES } from './engines.ts'
import { formatRatio, formatTime } from './numbers.ts'
import { costOf, raceOf, speedOver, type RaceResult, type Results } from './results.ts'

/**
 * Returns a table of the changes since an earlier run. It compares ratios to the bare client, which
 * depend less on the machine than times do.
 */
export function compareResults(
  earlier: Pick<Results, 'date' | 'races'>,
  now: Pick<Results, 'races'>,
): string {
  const rows = now.races.flatMap((race) => {
    const before = raceOf(earlier, race.id)
    return before === undefined || race.compares === 'sizes' ? [] : [rowOf(before, race)]
  })
  const head = row(['since ' + earlier.date, 'before', 'now', 'to bare before', 'to bare now', ''])
  return [head, ...rows].join('\n')
}

function rowOf(before: RaceResult, now: RaceResult): string {
  const [costBefore, costNow] = [costOf(before, HARBORAGE), costOf(now, HARBORAGE)]
  const [ratioBefore, ratioNow] = [speedOver(before, BARE), speedOver(now, BARE)]
  const clear =
    ratioBefore !== undefined &&
    ratioNow !== undefined &&
    (ratioNow.low > ratioBefore.high || ratioNow.high < ratioBefore.low)
  const change =
    ratioBefore && ratioNow ? `${formatRatio(ratioNow.median / ratioBefore.median)}×` : ''
  return row([
    `${now.title} · ${ENGINE_TITLES[now.engine]}`,
    costBefore ? formatTime(costBefore.median) : '-',
    costNow ? formatTime(costNow.median) : '-',
    ratioBefore ? formatRatio(ratioBefore.median) : '-',
    ratioNow ? formatRatio(ratioNow.median) : '-',
    clear ? `${change}, beyond both spreads` : change,
  ])
}

function row([title = '', ...cells]: readonly string[]): string {
  return `${title.padEnd(44)}${cells.map((cell) => cell.padStart(16)).join(' ')}`
}
