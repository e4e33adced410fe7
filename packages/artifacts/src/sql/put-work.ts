import { changeRows, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import { artifactRow, damagedRow, digestColumns, keyColumns, refOf } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'

/**
 * Stores an artifact, or finds equal content and locks it until the transaction ends.
 *
 * It is safe to repeat after an attempt whose answer was lost: it finds what that attempt stored.
 *
 * @throws WriteConflict if the row that prevented the put was deleted meanwhile.
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
    // Equal content may have been put in between.
    if (holder === undefined || holder.sha256 === sha256) throw new WriteConflict()
  }
  // Only this content can have its full id.
  throw damagedRow()
}
