import { BARE } from '../measure/benchmark.ts'
import { drawBarChart, type Bar, type BarGroup } from './bar-chart.ts'
import { ENGINE_TITLES } from './engines.ts'
import { formatRatio } from './numbers.ts'
import { peersOf, speedOver, type RaceResult, type Results } from './results.ts'

type Races = Pick<Results, 'races'>

const ENGINES = ['sqlite', 'postgres'] as const

/** Draws every case against the bare client. */
export function drawBareClientChart({ races }: Races): string {
  return drawBarChart({
    title: 'Harborage next to the bare client',
    description:
      'Speed relative to better-sqlite3 or pg doing the same by hand, same durability; right of 1× is faster',
    groups: ENGINES.map((engine) => ({
      title: ENGINE_TITLES[engine],
      bars: comparing(races, engine).flatMap((race) => barOf(race.title, race, BARE)),
    })),
  })
}

/** Draws every peer in every case that it supports. */
export function drawPeersChart({ races }: Races): string {
  return drawBarChart({
    title: 'Harborage next to what people use today',
    description:
      'Speed relative to the other store, same durability; right of 1× Harborage is faster',
    groups: ENGINES.flatMap((engine) => {
      const here = comparing(races, engine)
      const peers = [...new Set(here.flatMap(peersOf))]
      return peers.map((peer): BarGroup => ({
        title: `to ${peer}, ${ENGINE_TITLES[engine]}`,
        bars: here.flatMap((race) => barOf(race.title, race, peer)),
      }))
    }),
  })
}

function comparing(races: readonly RaceResult[], engine: string): readonly RaceResult[] {
  return races.filter((race) => race.compares === 'contenders' && race.engine === engine)
}

function barOf(label: string, race: RaceResult, other: string): readonly Bar[] {
  const speed = speedOver(race, other)
  if (speed === undefined) return []
  const { low, median, high } = speed
  return [{ label, value: median, low, high, text: `${formatRatio(median)}×` }]
}
