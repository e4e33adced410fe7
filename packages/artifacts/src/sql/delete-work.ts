import type { Subtree } from '@harborage/core'
import { changeRows, refuseToRepeat, sessionColumns, type SqlWork } from '@harborage/core/sql'
import type { ArtifactKey } from '../artifact-driver.ts'
import { keyColumns } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'

/**
 * Deletes an artifact and returns whether it existed. If it did not, others may put it before the
 * transaction ends.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so: equal content may have been put since, under the same id.
 */
export function* deleteWork(
  statements: ArtifactStatements,
  key: ArtifactKey,
  mayBeApplied: boolean,
): SqlWork<boolean> {
  refuseToRepeat(mayBeApplied)
  return (yield* changeRows(statements.delete, keyColumns(key))) > 0
}

/**
 * Deletes every artifact of the session, of all tasks, and returns their number.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so.
 */
export function* deleteAllWork(
  { dialect, removals }: ArtifactStatements,
  subtree: Subtree<'session'>,
  mayBeApplied: boolean,
): SqlWork<number> {
  refuseToRepeat(mayBeApplied)
  return yield* dialect.removeAll(removals.session, sessionColumns(subtree))
}
