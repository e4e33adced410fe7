import { setTimeout as delay } from 'node:timers/promises'
import { HarborageError, isHarborageError } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { isSqlFailure, SqlFailure, type Repeat } from '@harborage/core/sql'
import { PostgresFailure } from './postgres-failure.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 500

/**
 * Retries after a failed attempt, until one succeeds, fails permanently, or the time is over. After
 * a lost answer the next attempt resolves the outcome: it is told that an earlier one may have been
 * applied. If the call must not be repeated, or no attempt succeeds, the outcome is unknown.
 *
 * @param failure The error of the first attempt.
 * @param deadline The end of the time for retries, by `performance.now()`.
 * @throws The error of the last attempt, or `outcome_unknown`.
 */
export async function retry<Result>(
  failure: unknown,
  deadline: number,
  repeat: Repeat,
  attempt: (mayBeApplied: boolean) => Promise<Result>,
): Promise<Result> {
  let error = failure
  let mayBeApplied = false
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (!(error instanceof PostgresFailure)) throw error
    mayBeApplied ||= error.mayBeApplied && repeat !== 'reads'
    const mayRepeat = error.mayPass && (repeat !== 'never' || !mayBeApplied)
    if (!mayRepeat || performance.now() >= deadline) throw finalError(error, mayBeApplied, repeat)
    const operation = currentOperation()
    if (operation !== undefined) operation.retries += 1
    // With jitter of up to half the pause, so that callers that failed at the same time do not
    // retry at the same time.
    await delay(pause * (0.5 + Math.random() / 2))
    try {
      return await attempt(mayBeApplied)
    } catch (next) {
      error = next
    }
  }
}

/** Returns whether a statement failed because of what the server holds, and not of a lock. */
function isVerdict(error: unknown): boolean {
  return error instanceof SqlFailure && !isSqlFailure(error, 'lock_timeout')
}

function finalError(failure: PostgresFailure, mayBeApplied: boolean, repeat: Repeat): unknown {
  const { error } = failure
  // Any other error is an answer, based on what the server holds, in which a lost attempt would
  // have shown.
  const isAnswered = isVerdict(error) || !isHarborageError(error, 'store_unavailable')
  if (!mayBeApplied || isAnswered) return error
  return new HarborageError(
    'outcome_unknown',
    repeat === 'never'
      ? 'the answer of Postgres was lost: see what is there before you call again, which removes what others save meanwhile'
      : 'the answer of Postgres was lost, and there was no other in time: repeat the same call to find out',
    { cause: error },
  )
}
