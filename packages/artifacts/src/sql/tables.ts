/** The tables of the artifact store, as Kysely sees them. */
export type ArtifactTables = {
  artifacts_blobs: ArtifactRow
}

/** One artifact. The primary key is its scope, namespace and id; its digest is unique within scope and namespace. */
export interface ArtifactRow {
  tenant_id: string
  user_id: string
  session_id: string
  /** `''` for the session itself. */
  task_id: string
  namespace: string
  id: string
  mime_type: string
  size_bytes: number
  filename: string
  sha256: string
  source_json: string
  /** Milliseconds since 1970, UTC. */
  created_at: number
  bytes: Uint8Array
}
