import { changeRows, refuseToRepeat, selectRows, type SqlWork } from '@harborage/core/sql'
import { decideTouch } from '../decide.ts'
import type { CheckedTouch } from '../journal-driver.ts'
import { hasExpired } from './expiry.ts'
import { expiryColumn, headOf, streamColumns } from './rows.ts'
import type { JournalStatements } from './statements.ts'

/**
 * Changes the expiry of a stream, and returns whether there is one.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so; `condition_failed`.
 */
export function* touchWork(
  statements: JournalStatements,
  touch: CheckedTouch,
  mayBeApplied: boolean,
): SqlWork<boolean> {
  refuseToRepeat(mayBeApplied)
  const at = streamColumns(touch)
  const [locked] = yield* selectRows(statements.lock, at)
  const isHidden = locked === undefined || (yield* hasExpired(statements, locked))
  if (!decideTouch(isHidden ? undefined : headOf(locked), touch.ifHead)) return false
  yield* changeRows(statements.setExpiry, { ...at, expires_at: expiryColumn(touch.expiresAt) })
  return true
}
