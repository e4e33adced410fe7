import { defineTable, type RowOf, type SqlTable, type TablesOf } from '@harborage/core/sql'

const blobs = {
  name: 'artifacts_blobs',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    /** `''` for the session itself. */
    task_id: 'text',
    namespace: 'text',
    id: 'text',
    mime_type: 'text',
    size_bytes: 'integer',
    filename: 'text',
    sha256: 'text',
    source_json: 'text',
    created_at: 'timestamp',
    /** The checksum of the bytes, or {@link NO_CHECKSUM}. */
    checksum: 'text',
    bytes: 'large_bytes',
  },
  defaults: { checksum: '' },
  key: ['tenant_id', 'user_id', 'session_id', 'task_id', 'namespace', 'id'],
  unique: [
    {
      name: 'artifacts_blobs_sha256_key',
      columns: ['tenant_id', 'user_id', 'session_id', 'task_id', 'namespace', 'sha256'],
    },
  ],
} as const

/** The `checksum` of content that an earlier release stored, or a process that computes none. */
export const NO_CHECKSUM: string = blobs.defaults.checksum

/**
 * A row per artifact. The primary key is its scope, namespace and id; its digest is unique within
 * scope and namespace.
 */
export const artifactsBlobs: SqlTable<typeof blobs> = defineTable(blobs)

/** A row of {@link artifactsBlobs}. */
export type ArtifactRow = RowOf<typeof blobs>

/** The tables of the artifact store, for Kysely. */
export type ArtifactTables = TablesOf<typeof blobs>
