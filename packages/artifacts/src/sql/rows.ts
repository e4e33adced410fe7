import { parseJsonObject, type Identity } from '@harborage/core'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef, ArtifactScope } from '../artifact.ts'
import type { ArtifactRow } from './tables.ts'

/** The columns that name a session. */
export type SessionColumns = Pick<ArtifactRow, 'tenant_id' | 'user_id' | 'session_id'>

/** The columns that name a scope. */
export type ScopeColumns = SessionColumns & Pick<ArtifactRow, 'task_id'>

/** The columns that name an artifact. */
export type KeyColumns = ScopeColumns & Pick<ArtifactRow, 'namespace' | 'id'>

/** Everything but the bytes. */
export type RefColumns = Omit<ArtifactRow, 'bytes'>

export function sessionColumns(identity: Identity): SessionColumns {
  return {
    tenant_id: identity.tenantId,
    user_id: identity.userId,
    session_id: identity.sessionId,
  }
}

export function scopeColumns(scope: Required<ArtifactScope>): ScopeColumns {
  return { ...sessionColumns(scope), task_id: scope.taskId }
}

export function artifactRow({ ref, bytes }: NewArtifact, id: string): ArtifactRow {
  return {
    ...scopeColumns(ref.scope),
    namespace: ref.namespace,
    id,
    mime_type: ref.mimeType,
    size_bytes: ref.sizeBytes,
    filename: ref.filename,
    sha256: ref.sha256,
    source_json: JSON.stringify(ref.source),
    created_at: ref.createdAt.getTime(),
    bytes,
  }
}

export function refOf(row: RefColumns): ArtifactRef {
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
    source: parseJsonObject(row.source_json),
    createdAt: new Date(row.created_at),
  }
}

/** Just the columns of a session, of a row or of a statement's stand-ins, which have no columns to copy. */
export function sessionOf({ tenant_id, user_id, session_id }: SessionColumns): SessionColumns {
  return { tenant_id, user_id, session_id }
}

/** Just the columns of a scope. */
export function scopeOf(at: ScopeColumns): ScopeColumns {
  return { ...sessionOf(at), task_id: at.task_id }
}

/** Just the columns of an artifact's key. */
export function keyOf(at: KeyColumns): KeyColumns {
  return { ...scopeOf(at), namespace: at.namespace, id: at.id }
}
