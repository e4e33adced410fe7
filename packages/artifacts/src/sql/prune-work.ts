import { changeRows, pipeline, refuseToRepeat, type SqlWork } from '@harborage/core/sql'
import type { FoundArtifact } from '../artifact-driver.ts'
import { expiryColumn, inLockOrder, keyColumns } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'

/**
 * Deletes those artifacts that still have the dates with which they were found, and returns their
 * number.
 *
 * @param mayBeApplied Whether an earlier attempt may have been applied because its answer was lost.
 * @throws `outcome_unknown` if so.
 */
export function* pruneWork(
  { prune }: ArtifactStatements,
  artifacts: readonly FoundArtifact[],
  mayBeApplied: boolean,
): SqlWork<number> {
  refuseToRepeat(mayBeApplied)
  const rows = artifacts.map((found) => ({
    ...keyColumns(found),
    created_at: found.createdAt.getTime(),
    expires_at: expiryColumn(found),
  }))
  const ordered = inLockOrder(rows, (row) => row)
  const counts = yield* pipeline(ordered.map((row) => changeRows(prune, row)))
  return counts.reduce((sum, count) => sum + count, 0)
}
