import { seededRandom } from './random.ts'

/** When to kill: upon hearing this about a step, or about a later one, and a moment after. */
export interface PlannedKill {
  readonly ordinal: number
  readonly upon: 'started' | 'saved'
  /** How long after, as a share of the time that a step takes: the kill falls before, during or after its save. */
  readonly delay: number
}

export interface ScheduleOptions {
  /** The step at which the run begins, from 1. */
  readonly first: number
  readonly last: number
  readonly kills: number
  readonly seed: number
}

/** Spreads the kills over the steps, each at random in a stretch of its own. */
export function scheduleKills({ first, last, kills, seed }: ScheduleOptions): PlannedKill[] {
  const random = seededRandom(seed)
  const steps = last - first + 1
  const possible = Math.min(kills, steps)
  return Array.from({ length: possible }, (_, index) => ({
    ordinal: first + Math.floor(((index + random()) * steps) / possible),
    upon: random() < 0.7 ? 'started' : 'saved',
    delay: random(),
  }))
}
