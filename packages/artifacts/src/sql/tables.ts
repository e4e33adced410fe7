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
    /** {@link NEVER} if the artifact does not expire. */
    expires_at: 'timestamp',
    /** The checksum of the bytes, or {@link NO_CHECKSUM}. */
    checksum: 'text',
    bytes: 'large_bytes',
  },
  defaults: { checksum: '', expires_at: 9_007_199_254_740_991 },
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
 * The `expires_at` of content that does not expire, or that an earlier release stored. It is later
 * than every date.
 */
export const NEVER: number = blobs.defaults.expires_at

/**
 * A row per artifact. The primary key is its scope, namespace and id; its digest is unique within
 * scope and namespace.
 */
export const artifactsBlobs: SqlTable<typeof blobs> = defineTable(blobs)

/** A row of {@link artifactsBlobs}. */
export type ArtifactRow = RowOf<typeof blobs>

/** The tables of the artifact store, for Kysely. */
export type ArtifactTables = TablesOf<typeof blobs>
