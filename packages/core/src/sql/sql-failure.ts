import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * The reason of a failed statement.
 *
 * - `unique_violation`: a row with the same key exists.
 * - `missing_table`: a table is gone.
 * - `incomplete`: a statement of `compileAllOrNone` could not make all of its calls.
 * - `repeated`: the statement changed nothing, and an earlier attempt whose answer was lost may
 *   have.
 * - `lock_timeout`: others held a lock for longer than the statement waits for one. After an
 *   attempt whose answer was lost, it is the cause of `outcome_unknown`.
 */
export type SqlFailureReason =
  | 'unique_violation'
  | 'missing_table'
  | 'incomplete'
  | 'repeated'
  | 'lock_timeout'

/** The message for callers if no store knows better. */
const MESSAGES: Readonly<Record<SqlFailureReason, string>> = {
  unique_violation: 'a row with the same key is there already: see what holds it',
  missing_table:
    'a table of the store is gone that was there when it opened: if its schema was renamed, open the database anew with that one; if the table was dropped, restore it from a backup',
  repeated:
    'the answer to a write was lost, and repeating it changed nothing: read what is stored now',
  incomplete: 'some of the rows cannot be written, so none was: see which rows conflict with them',
  lock_timeout: 'others held a lock for longer than the statement waits: call again',
}

/** A failure of a statement whose meaning the store may know. */
export class SqlFailure extends HarborageError<'store_unavailable'> {
  readonly reason: SqlFailureReason

  constructor(reason: SqlFailureReason, options: Pick<ErrorOptions, 'cause'> = {}) {
    super('store_unavailable', MESSAGES[reason], {
      ...options,
      retryable: reason === 'lock_timeout',
    })
    this.reason = reason
  }
}

/**
 * Returns whether an error is an {@link SqlFailure} for one of these reasons, from any copy of this
 * package.
 */
export function isSqlFailure(
  error: unknown,
  ...reasons: readonly SqlFailureReason[]
): error is SqlFailure {
  return (
    isHarborageError(error, 'store_unavailable') &&
    'reason' in error &&
    reasons.some((reason) => reason === error.reason)
  )
}
