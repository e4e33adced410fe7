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
import { namespaceOf } from '../internal/namespace-of.ts'
import { artifactsBlobs, NEVER, NO_CHECKSUM, type ArtifactRow } from './tables.ts'

/** The columns that name a scope. */
export type ScopeColumns = SessionColumns & Pick<ArtifactRow, 'task_id'>

/** The columns that name an artifact. */
export type KeyColumns = ScopeColumns & Pick<ArtifactRow, 'namespace' | 'id'>

/** All columns except the bytes and their checksum. */
export type RefColumns = Omit<ArtifactRow, 'checksum' | 'bytes'>

/** A row of a page of `list`. */
export interface PagedRefColumns extends Omit<RefColumns, 'source_json'> {
  /** `null` if it is too large for the page. */
  readonly source_json: string | null
}

/** The columns that name the content of an artifact. */
export type DigestColumns = ScopeColumns & Pick<ArtifactRow, 'namespace' | 'sha256'>

/** Returns the columns that name a scope. */
export function scopeColumns(scope: Required<ArtifactScope>): ScopeColumns {
  return { ...sessionColumns(scope), task_id: scope.taskId }
}

/** Returns the columns that name an artifact. */
export function keyColumns({ scope, id }: ArtifactKey): KeyColumns {
  return { ...scopeColumns(scope), namespace: namespaceOf(id), id }
}

/** Returns the columns that name the content of an artifact. */
export function digestColumns({ ref }: NewArtifact): DigestColumns {
  const { scope, namespace, sha256 } = ref
  return { ...scopeColumns(scope), namespace, sha256 }
}

/** Returns the row of a new artifact. */
export function artifactRow(
  { ref, sourceText, bytes, checksum = NO_CHECKSUM }: NewArtifact,
  id: string,
): ArtifactRow {
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
    expires_at: expiryColumn(ref),
    checksum,
    bytes,
  }
}

/** Returns the value of the column `expires_at`. */
export function expiryColumn({ expiresAt }: Pick<ArtifactRef, 'expiresAt'>): number {
  return expiresAt?.getTime() ?? NEVER
}

/**
 * Returns the ref of a row.
 *
 * @throws `artifact_corrupt` if the row is damaged.
 */
export function refOf(row: RefColumns): ArtifactRef {
  const createdAt = new Date(row.created_at)
  const expiresAt = row.expires_at === NEVER ? undefined : new Date(row.expires_at)
  for (const date of [createdAt, expiresAt]) {
    if (Number.isNaN(date?.getTime())) throw damagedRow()
  }
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
    expiresAt,
  }
}

/** Returns the error for a damaged row. */
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
    // Without the cause, which quotes the stored text.
    throw damagedRow()
  }
}

/** Picks the columns of a scope, like {@link sessionOf}. */
export function scopeOf(at: ScopeColumns): ScopeColumns {
  return { ...sessionOf(at), task_id: at.task_id }
}

/** Returns items in the order in which every work locks their rows. */
export function inLockOrder<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => KeyColumns,
): readonly Item[] {
  return items
    .map((item) => ({ item, key: artifactsBlobs.keyText(keyOf(item)) }))
    .toSorted((left, right) => {
      if (left.key === right.key) return 0
      return left.key < right.key ? -1 : 1
    })
    .map(({ item }) => item)
}

/** The traits of statements that write to an artifact by its key. */
export const ofKey: WriteTraits<KeyColumns> = { keysOf: (at) => [artifactsBlobs.keyText(at)] }

/** The traits of statements that put an artifact. */
export const ofRow: WriteTraits<ArtifactRow> = {
  keysOf: (row) => [artifactsBlobs.keyText(row)],
  sizeOf: artifactsBlobs.sizeOf,
}
