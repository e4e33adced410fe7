import type { CallOptions } from './call-options.ts'

/** Which records a `prune` removes. */
export interface PruneRules {
  /** Removes what was changed before this date. Default: no such rule. */
  readonly olderThan?: Date
  /**
   * Keeps the newest records of each owner, this number of them: 1 to 10,000. With `olderThan`, a
   * record goes if it is older and not among them. Default: no such rule.
   */
  readonly keepLatest?: number
}

/** How far a `prune` has come. */
export interface PruneProgress<Place> extends PruneResult {
  /** Where to go on: pass it as `after` to another call. `undefined` at the end. */
  readonly last: Place | undefined
}

/** What a `prune` did. */
export interface PruneResult {
  /** How many records it has looked at. */
  readonly examined: number
  /** How many it has removed. If it only counts, how many it would have. */
  readonly pruned: number
}

/** Options of a `prune`. */
export interface PruneOptions<Place> extends PruneRules, CallOptions {
  /** Whether to count only, and remove nothing. Default: `false`. */
  readonly dryRun?: boolean
  /** Begins after this place, the `last` of a progress. Default: with the first record. */
  readonly after?: Place | undefined
  /**
   * Called after each batch, at least once. A promise that it returns is awaited. If it throws or
   * rejects, the call rejects with the same error, and what is left stays. Default: none.
   */
  readonly onProgress?: (progress: PruneProgress<Place>) => void | Promise<void>
}
