import { randomInt } from 'node:crypto'
import type { HarnessSettings } from '../harness.ts'

const DEFAULT_CALL_MS = 1
/** The rough total duration of the consecutive calls of a case. */
const CASE_MS = 5_000
const MAX_CALLERS = 128
const MIN_CALLERS = 16
const MIN_RUNS = 10
/** Above the size of a page or a batch on any backend. */
const MANY_ENTRIES = 1_100
/** Above the size of a page or a batch on most backends. */
const FEWER_ENTRIES = 300
const SLOW_CALL_MS = 4
/** The largest divisor of rounds. */
const MOST_FEWER_ROUNDS = 5
const MAX_SEED = 2 ** 31 - 1

/** The amount of work that a case does on a driver of a given speed. */
export interface Pace {
  /** The rough duration of a call, in milliseconds. */
  readonly callMs: number
  /** The number of concurrent callers of a case, a multiple of 4. */
  readonly callers: number
  /** A number of entries beyond a page and a batch: over 1,000, on a slow driver over 250. */
  readonly many: number
  /**
   * Returns how often a case repeats a race of several calls: `most` times on a fast driver, and a
   * fifth as often on a slow one.
   */
  readonly rounds: (most: number) => number
  /** Divides histories among cases. */
  readonly batches: (plan: HistoryPlan) => HistoryBatch[]
}

/** The size of one kind of histories. */
export interface HistoryPlan {
  readonly defaultRuns: number
  /** The largest number of histories, even if the harness asks for more. Default: no limit. */
  readonly maxRuns?: number
  /** The largest number of histories in one case. */
  readonly maxPerCase: number
  /** The average number of calls of a history. */
  readonly calls: number
}

/** The histories of one case. */
export interface HistoryBatch {
  /** The numbers of its histories, such as `1 to 25`. */
  readonly range: string
  readonly runs: number
  readonly seed: number
  /** The number of reruns that may shrink a failing history. */
  readonly shrinks: number
}

/** Returns the amount of work that a case does on the driver of this harness. */
export function paceOf({ histories, callMs = DEFAULT_CALL_MS }: HarnessSettings): Pace {
  const slowness = Math.max(callMs, DEFAULT_CALL_MS)
  const { runs, seed = randomInt(MAX_SEED) } = histories ?? {}
  return {
    callMs,
    callers: Math.max(MIN_CALLERS, 4 * Math.floor(MAX_CALLERS / 4 / slowness)),
    rounds: (most) => Math.ceil(most / Math.min(slowness, MOST_FEWER_ROUNDS)),
    many: callMs < SLOW_CALL_MS ? MANY_ENTRIES : FEWER_ENTRIES,
    batches({ defaultRuns, maxRuns = Number.POSITIVE_INFINITY, maxPerCase, calls }) {
      const usual = Math.max(Math.min(MIN_RUNS, defaultRuns), Math.floor(defaultRuns / slowness))
      const total = Math.min(runs ?? usual, maxRuns)
      const withinTime = Math.max(1, Math.floor(CASE_MS / (calls * slowness)))
      const perCase = Math.min(withinTime, maxPerCase)
      return Array.from({ length: Math.ceil(total / perCase) }, (_, index) => {
        const first = index * perCase
        const count = Math.min(perCase, total - first)
        return {
          range: `${first + 1} to ${first + count}`,
          runs: count,
          // Each case has its own seed. A harness with that seed repeats the case as its first one.
          seed: seed + index,
          shrinks: withinTime,
        }
      })
    },
  }
}
