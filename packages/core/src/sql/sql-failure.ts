import { HarborageError, isHarborageError } from '../harborage-error.ts'

/**
 * Why a statement failed. `incomplete` is the verdict of one that `compileAllOrNone` made.
 * `repeated`: it changed nothing, and an attempt before, whose answer was lost, may have.
 */
export type SqlFailureReason = 'unique_violation' | 'missing_table' | 'incomplete' | 'repeated'

/** What a caller is told where no store knows better. */
const MESSAGES: Readonly<Record<SqlFailureReason, string>> = {
  unique_violation: 'a row with the same key is there already: see what holds it',
  missing_table:
    'a table of the store is gone that was there when it opened: see who removed it, then open the store again',
  repeated:
    'the answer to a write was lost, and repeating it changed nothing: see what became of it',
  incomplete: 'a part of the rows cannot be written, so none was: see what stands against them',
}

/** A failure of a statement of which the store may know what it means. */
export class SqlFailure extends HarborageError<'store_unavailable'> {
  readonly reason: SqlFailureReason

  constructor(reason: SqlFailureReason) {
    super('store_unavailable', MESSAGES[reason], { retryable: false })
    this.reason = reason
  }
}

/** Whether an error is an {@link SqlFailure} for one of these reasons, of whichever copy of this package. */
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
