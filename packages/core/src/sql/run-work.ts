import { HarborageError, isHarborageError } from '../harborage-error.ts'
import { unresolved } from './resolve-outcome.ts'
import type { SqlCalls, TransactionTraits } from './sql-calls.ts'
import { isSqlFailure } from './sql-failure.ts'
import type { SqlWork } from './sql-work.ts'
import { isWriteConflict } from './write-conflict.ts'

/** The largest number of attempts of a work. */
const MAX_ATTEMPTS = 100

/** The name of a work's transaction, and how it may be run again. */
export interface WorkTraits extends TransactionTraits {
  /** What others have changed after a conflict, for the error message. */
  readonly subject: string
  /**
   * Whether a unique violation is a conflict: another transaction has just written the same key,
   * and the work finds it on the next attempt. Default: `false`.
   */
  readonly conflictsOnUnique?: boolean
}

/** What a call tried before its work runs. */
export interface PriorAttempts {
  /** Whether an attempt may have been applied, because its answer was lost. */
  mayBeApplied: boolean
}

/**
 * Runs a work in a transaction and resolves to its result. After a conflict the transaction is
 * rolled back and the work runs again from the start.
 *
 * A work may consist of works of several stores. They are applied as a whole or not at all, and a
 * conflict in one runs all of them again. To avoid deadlocks, lock in this order: artifacts, then
 * slots (a commit sorts its own), then conversations.
 *
 * @param work Called for each attempt, with whether an earlier one may have been applied. It throws
 * a {@link WriteConflict} if others changed what it decided on.
 * @param prior What the call tried before. An attempt that changed nothing may also have been
 * applied, and the work has to find out. Default: nothing.
 * @throws `store_unavailable` after 100 conflicts; `outcome_unknown` if the database becomes
 * unavailable after an earlier attempt, unless no answer was lost and the failure is lasting.
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
      // What will not pass, such as a damaged row, is no better known after a repetition.
      const mayFindOut = wasLost || (prior !== undefined && !isLasting(error))
      throw mayFindOut ? unresolved(error) : error
    }
  }
  throw new HarborageError(
    'store_unavailable',
    `${traits.subject} was changed by others during each of ${MAX_ATTEMPTS} attempts: nothing was applied, call again`,
  )
}

function isLasting(error: unknown): boolean {
  if (isSqlFailure(error, 'unique_violation', 'repeated', 'incomplete')) return false
  return isHarborageError(error) && !error.retryable
}

function isConflict(error: unknown, { conflictsOnUnique = false }: WorkTraits): boolean {
  return isWriteConflict(error) || (conflictsOnUnique && isSqlFailure(error, 'unique_violation'))
}
