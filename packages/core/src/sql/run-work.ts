import { HarborageError } from '../harborage-error.ts'
import { unresolved } from './resolve-outcome.ts'
import type { SqlCalls } from './sql-calls.ts'
import { isSqlFailure } from './sql-failure.ts'
import type { TransactionTraits } from './sql-repeat.ts'
import type { SqlWork } from './sql-work.ts'
import { isWriteConflict } from './write-conflict.ts'

/** How often a work is begun before it is given up. */
const MAX_ATTEMPTS = 100

/** Names the transaction of a work and declares how it may be run again. */
export interface WorkTraits extends TransactionTraits {
  /** What others change when they are in the way, for the message. */
  readonly subject: string
  /**
   * Whether a unique violation is a conflict: another transaction has just written the same key, so
   * that the work finds it when it is run again, and decides. Default: `false`.
   */
  readonly conflictsOnUnique?: boolean
}

/** What is known of what a call tried before its work is run. */
export interface PriorAttempts {
  /** Whether one of them may have been applied, because its answer was lost. */
  mayBeApplied: boolean
}

/**
 * Runs a work in a transaction of its own. After a conflict, which has undone all of it, it is run
 * anew from the start.
 *
 * A work may be made of the works of several stores: they are applied together or not at all, and a
 * conflict in one of them runs all of them anew. Lock in one order, so that none waits for another
 * in a circle: artifacts, then slots (a commit sorts its own), then conversations.
 *
 * @param work Is called for each attempt, and told whether one before it may have been applied. It
 * throws a `WriteConflict` if others changed what it decided on.
 * @param prior What the call tried before. One that changed nothing may have been applied, too, so
 * that the work finds out what became of it. Default: nothing was tried.
 * @throws `store_unavailable` after 100 conflicts. `outcome_unknown` where the database becomes
 * unavailable after something was tried before.
 */
export async function runWork<Result>(
  calls: Pick<SqlCalls, 'transaction'>,
  traits: WorkTraits,
  work: (mayBeApplied: boolean) => SqlWork<Result>,
  prior?: PriorAttempts,
): Promise<Result> {
  let wasLost = prior?.mayBeApplied ?? false
  const attempt = (mayBeApplied: boolean): SqlWork<Result> => {
    wasLost ||= mayBeApplied
    return work(wasLost)
  }
  for (let count = 1; count <= MAX_ATTEMPTS; count += 1) {
    try {
      return await calls.transaction(traits, attempt)
    } catch (error) {
      if (isConflict(error, traits)) continue
      throw prior === undefined ? error : unresolved(error)
    }
  }
  throw new HarborageError(
    'store_unavailable',
    `${traits.subject} was changed by others during each of ${MAX_ATTEMPTS} attempts: nothing was applied, call again`,
  )
}

function isConflict(error: unknown, { conflictsOnUnique = false }: WorkTraits): boolean {
  return isWriteConflict(error) || (conflictsOnUnique && isSqlFailure(error, 'unique_violation'))
}
