import { parseJsonObject } from '@harborage/core/kit'
import {
  compileBatchRemoval,
  compileRemoval,
  removeBatch,
  sessionColumnNames,
  sessionColumns,
  type BatchRemoval,
  type Removal,
  type SessionColumns,
  type SqlDatabase,
} from '@harborage/core/sql'
import type { DeleteBatch, DeletedBatch } from '../artifact-driver.ts'
import { artifactsBlobs } from './tables.ts'

/** The statements that delete the artifacts of a subtree, by its level. */
export interface ArtifactRemovals {
  readonly session: Removal<SessionColumns>
  readonly user: BatchRemoval<SessionColumns>
  readonly tenant: BatchRemoval<SessionColumns>
}

/** Compiles the statements that delete the artifacts of a subtree. */
export function compileArtifactRemovals(database: SqlDatabase): ArtifactRemovals {
  const { spec } = artifactsBlobs
  return {
    session: compileRemoval('artifacts_session', database, spec, { owned: sessionColumnNames }),
    user: compileBatchRemoval('artifacts_user', database, spec, ['tenant_id', 'user_id']),
    tenant: compileBatchRemoval('artifacts_tenant', database, spec, ['tenant_id']),
  }
}

/** Deletes the next artifacts of a user or a tenant, in the order of the primary key. */
export async function deleteBatch(
  database: SqlDatabase,
  removals: ArtifactRemovals,
  { subtree, after, limit }: DeleteBatch,
): Promise<DeletedBatch> {
  const owner = sessionColumns(subtree)
  const { deleted, last } = await removeBatch(database, removals[subtree.level], owner, {
    after: after === undefined ? undefined : parseJsonObject(after),
    limit,
  })
  return { deleted, last: last && JSON.stringify(last) }
}
