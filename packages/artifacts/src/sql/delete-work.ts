import type { Identity } from '@harborage/core'
import { changeRows, refuseToRepeat, sessionColumns, type SqlWork } from '@harborage/core/sql'
import type { ArtifactKey } from '../artifact-driver.ts'
import { keyColumns } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'

/**
 * Removes an artifact and returns whether it was there. If it was not, others may put it before
 * the transaction ends.
 *
 * @param mayBeApplied Whether an attempt before may have been applied, because its answer was lost.
 * @throws `outcome_unknown` if so: the same content that was put since has the same id.
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
 * Removes every artifact of the session, of all tasks, and returns their number.
 *
 * @param mayBeApplied As in {@link deleteWork}.
 * @throws `outcome_unknown` if so.
 */
export function* deleteScopeWork(
  { dialect, scope }: ArtifactStatements,
  identity: Identity,
  mayBeApplied: boolean,
): SqlWork<number> {
  refuseToRepeat(mayBeApplied)
  return yield* dialect.removeAll(scope, sessionColumns(identity))
}
