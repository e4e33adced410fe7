import { setTimeout as delay } from 'node:timers/promises'
import { HarborageError, isHarborageError } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { SqlFailure, type Repeat } from '@harborage/core/sql'
import { PostgresFailure } from './postgres-failure.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 500

/**
 * Tries again after a failed attempt, until one succeeds, fails for good, or the time is up. An attempt whose answer was
 * lost is resolved by the next one, which is told. If what failed must never be repeated, or no attempt succeeds, the
 * outcome is unknown.
 *
 * @param failure What the first attempt failed with.
 * @param deadline Until when others are made, by `performance.now()`.
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
    // Half of the pause is left to chance, so that callers that failed together do not come back together.
    await delay(pause * (0.5 + Math.random() / 2))
    try {
      return await attempt(mayBeApplied)
    } catch (next) {
      error = next
    }
  }
}

function finalError(failure: PostgresFailure, mayBeApplied: boolean, repeat: Repeat): unknown {
  const { error } = failure
  // Any other error is an answer: it was decided on what the server holds, where a lost attempt would have shown.
  const isAnswered = error instanceof SqlFailure || !isHarborageError(error, 'store_unavailable')
  if (!mayBeApplied || isAnswered) return error
  return new HarborageError(
    'outcome_unknown',
    repeat === 'never'
      ? 'the answer of Postgres was lost: see what is there before you call again, which removes what others save meanwhile'
      : 'the answer of Postgres was lost, and there was no other in time: repeat the same call to find out',
    { cause: error },
  )
}
