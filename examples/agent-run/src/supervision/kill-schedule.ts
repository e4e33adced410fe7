import { seededRandom } from './random.ts'

/** The time of a kill: shortly after this message about a step or a later one. */
export interface PlannedKill {
  readonly ordinal: number
  readonly upon: 'started' | 'saved'
  /**
   * The delay as a share of the duration of a step: the kill falls before, during or after its
   * save.
   */
  readonly delay: number
}

export interface ScheduleOptions {
  /** The step at which the run begins, from 1. */
  readonly first: number
  readonly last: number
  readonly kills: number
  readonly seed: number
}

/** Returns kills that are spread over the steps, each at random in its own range. */
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
