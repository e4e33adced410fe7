import { HarborageError, type JsonObject } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import {
  sessionColumns,
  sessionOf,
  type SessionColumns,
  type WriteTraits,
} from '@harborage/core/sql'
import type { ArtifactKey, NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef, ArtifactScope } from '../artifact.ts'
import { artifactsBlobs, type ArtifactRow } from './tables.ts'

/** The columns that name a scope. */
export type ScopeColumns = SessionColumns & Pick<ArtifactRow, 'task_id'>

/** The columns that name an artifact. */
export type KeyColumns = ScopeColumns & Pick<ArtifactRow, 'namespace' | 'id'>

/** Everything but the bytes. */
export type RefColumns = Omit<ArtifactRow, 'bytes'>

/** What a page holds of a ref: without its source if that is too large. */
export interface PagedRefColumns extends Omit<RefColumns, 'source_json'> {
  readonly source_json: string | null
}

/** The columns that name the content of an artifact. */
export type DigestColumns = ScopeColumns & Pick<ArtifactRow, 'namespace' | 'sha256'>

export function scopeColumns(scope: Required<ArtifactScope>): ScopeColumns {
  return { ...sessionColumns(scope), task_id: scope.taskId }
}

/** The namespace of an id ends before its last underscore: hex digits follow. */
export function keyColumns({ scope, id }: ArtifactKey): KeyColumns {
  return { ...scopeColumns(scope), namespace: id.slice(0, Math.max(id.lastIndexOf('_'), 0)), id }
}

export function digestColumns({ ref }: NewArtifact): DigestColumns {
  const { scope, namespace, sha256 } = ref
  return { ...scopeColumns(scope), namespace, sha256 }
}

export function artifactRow({ ref, sourceText, bytes }: NewArtifact, id: string): ArtifactRow {
  return {
    ...scopeColumns(ref.scope),
    namespace: ref.namespace,
    id,
    mime_type: ref.mimeType,
    size_bytes: ref.sizeBytes,
    filename: ref.filename,
    sha256: ref.sha256,
    source_json: sourceText,
    created_at: ref.createdAt.getTime(),
    bytes,
  }
}

/** @throws `artifact_corrupt` if the row is not as it was written. */
export function refOf(row: RefColumns): ArtifactRef {
  const createdAt = new Date(row.created_at)
  if (Number.isNaN(createdAt.getTime())) throw damagedRow()
  if (!Number.isSafeInteger(row.size_bytes) || row.size_bytes < 0) throw damagedRow()
  return {
    id: row.id,
    namespace: row.namespace,
    scope: {
      tenantId: row.tenant_id,
      userId: row.user_id,
      sessionId: row.session_id,
      taskId: row.task_id,
    },
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    filename: row.filename,
    sha256: row.sha256,
    source: sourceOf(row),
    createdAt,
  }
}

/** The error for a row that is not what was written. */
export function damagedRow(): HarborageError {
  return new HarborageError(
    'artifact_corrupt',
    'the row of the artifact is damaged: restore it from a backup, or delete it and put the content again',
  )
}

function sourceOf({ source_json: text }: RefColumns): JsonObject {
  try {
    return parseJsonObject(text)
  } catch {
    // Without its cause, which quotes what is stored.
    throw damagedRow()
  }
}

/** Just the columns of a scope, as {@link sessionOf}. */
export function scopeOf(at: ScopeColumns): ScopeColumns {
  return { ...sessionOf(at), task_id: at.task_id }
}

/** What statements that write one artifact say of themselves. */
export const ofKey: WriteTraits<KeyColumns> = { keysOf: (at) => [artifactsBlobs.keyText(at)] }

/** What statements that put an artifact say of themselves. */
export const ofRow: WriteTraits<ArtifactRow> = {
  keysOf: (row) => [artifactsBlobs.keyText(row)],
  sizeOf: artifactsBlobs.sizeOf,
}
