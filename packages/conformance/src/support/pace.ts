import { randomInt } from 'node:crypto'
import type { HarnessSettings } from '../harness.ts'

const DEFAULT_CALL_MS = 1
/** A case makes about as many calls, one after the other, as take this long. */
const CASE_MS = 5_000
const MOST_CALLERS = 128
const FEWEST_CALLERS = 16
const FEWEST_RUNS = 10
/** More than a page or a batch of any backend has, and more than of most. */
const MANY = 1_100
const NOT_SO_MANY = 300
const SLOW_CALL_MS = 4
const MAX_SEED = 2 ** 31 - 1

/** How much a case does on a driver of a given speed. */
export interface Pace {
  /** How many milliseconds a call takes, roughly. */
  readonly callMs: number
  /** How many callers a case has at once, a multiple of 4. */
  readonly callers: number
  /** How many entries are beyond a page and a batch: over 1,000, with a slow driver over 250. */
  readonly many: number
  /** Cuts histories into cases. */
  readonly batches: (plan: HistoryPlan) => HistoryBatch[]
}

/** What is known of one kind of histories. */
export interface HistoryPlan {
  readonly defaultRuns: number
  /** How many there are at most, whatever the harness wants. Default: no limit. */
  readonly mostRuns?: number
  /** How many make one case at most. */
  readonly mostPerCase: number
  /** How many calls a history makes on average. */
  readonly calls: number
}

/** The histories of one case. */
export interface HistoryBatch {
  /** The numbers of its histories, such as `1 to 25`. */
  readonly range: string
  readonly runs: number
  readonly seed: number
  /** How often a history that fails is run again to make it smaller. */
  readonly shrinks: number
}

/** Returns how much a case does on the driver of this harness. */
export function paceOf({ histories, callMs = DEFAULT_CALL_MS }: HarnessSettings): Pace {
  const slowness = Math.max(callMs, DEFAULT_CALL_MS)
  const { runs, seed = randomInt(MAX_SEED) } = histories ?? {}
  return {
    callMs,
    callers: Math.max(FEWEST_CALLERS, 4 * Math.floor(MOST_CALLERS / 4 / slowness)),
    many: callMs < SLOW_CALL_MS ? MANY : NOT_SO_MANY,
    batches({ defaultRuns, mostRuns = Number.POSITIVE_INFINITY, mostPerCase, calls }) {
      const usual = Math.max(Math.min(FEWEST_RUNS, defaultRuns), Math.floor(defaultRuns / slowness))
      const total = Math.min(runs ?? usual, mostRuns)
      const inTime = Math.max(1, Math.floor(CASE_MS / (calls * slowness)))
      const perCase = Math.min(inTime, mostPerCase)
      return Array.from({ length: Math.ceil(total / perCase) }, (_, index) => {
        const first = index * perCase
        const count = Math.min(perCase, total - first)
        return {
          range: `${first + 1} to ${first + count}`,
          runs: count,
          // Each case has a seed of its own: given as the only seed, it repeats that case first.
          seed: seed + index,
          shrinks: inTime,
        }
      })
    },
  }
}
