import { changeRows, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import { artifactRow, damagedRow, digestColumns, keyColumns, refOf } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'

/**
 * Stores an artifact, or finds it. What is found stays until the transaction ends.
 *
 * It may be run again after an attempt whose answer was lost: what that one stored is then found.
 *
 * @throws WriteConflict if what was in the way is gone.
 */
export function* putWork(
  statements: ArtifactStatements,
  artifact: NewArtifact,
): SqlWork<ArtifactRef> {
  const { scope, sha256 } = artifact.ref
  for (const id of [artifact.shortId, artifact.fullId]) {
    const written = yield* changeRows(statements.put, artifactRow(artifact, id))
    if (written > 0) return { ...artifact.ref, id }
    const [stored] = yield* selectRows(statements.lockByDigest, digestColumns(artifact))
    if (stored !== undefined) return refOf(stored)
    const [holder] = yield* selectRows(statements.getRef, keyColumns({ scope, id }))
    // The same content may have been put in between.
    if (holder === undefined || holder.sha256 === sha256) throw new WriteConflict()
  }
  // The full id is that of this content only.
  throw damagedRow()
}
