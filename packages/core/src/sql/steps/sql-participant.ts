import type { NamedPart, PartResult } from '../../kit/steps/step-side.ts'
import type { WriteClaim } from '../sql-calls.ts'
import type { SqlWork } from '../sql-work.ts'

/**
 * The places of stores in the order in which a step locks rows. Every call that writes several rows
 * keeps to it, so that steps, batches and single calls cannot deadlock.
 */
export const lockRanks = {
  artifacts: 1,
  slots: 2,
  conversations: 3,
  streams: 4,
  /** Those of stores of others. */
  others: 5,
} as const

/** The rank of the rows of the application, which come last. */
export const APP_ROWS_RANK = 6

/** How a step is attempted. */
export interface StepAttempt {
  /**
   * Whether the parts of all stores run at the same time, and none may wait for a row out of the
   * order of locks. Write without reading first, and throw a `WriteConflict` if a row is in the
   * way: then the step runs again, one store after the other.
   */
  readonly isOptimistic: boolean
  /** Whether an earlier attempt may have been applied because its answer was lost. */
  readonly mayBeApplied: boolean
}

/** The side of an SQL driver that takes part in steps. */
export interface SqlParticipant<Payload, Result> {
  /** The name of its subsystem. All parts of a subsystem are applied by one call of `work`. */
  readonly name: string
  /** The place of its rows in the order of locks; see {@link lockRanks}. */
  readonly rank: number
  /** Returns the keys that a part writes and its size, as of a call of its own. */
  claimOf(payload: Payload): WriteClaim
  /**
   * Returns the work that applies parts, and results in one element for each of them, in their
   * order. It locks its rows in one order, which does not depend on that of the parts.
   *
   * @throws WriteConflict if others changed what it decided on. The error of a part has the name of
   * the part, see `inPart`.
   */
  work(
    parts: readonly NamedPart<Payload>[],
    attempt: StepAttempt,
  ): SqlWork<readonly PartResult<Result>[]>
}
