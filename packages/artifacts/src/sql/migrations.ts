import type { SchemaChange, Subsystem } from '@harborage/core/sql'
import { sql } from 'kysely'
import { blobType } from './blob-type.ts'

/** The migrations of the artifact store. They are never edited once released: a change is a new one. */
export const artifactsSubsystem: Subsystem = {
  name: 'artifacts',
  packageName: '@harborage/artifacts',
  migrations: { '0001_create_artifacts_blobs': createArtifactsBlobs },
  lockedTables: ['artifacts_blobs'],
  objectsOn: () => ({ tables: ['artifacts_blobs'], triggers: [] }),
}

async function createArtifactsBlobs(
  ...[db, traits]: Parameters<SchemaChange>
): ReturnType<SchemaChange> {
  const name = sql.raw(traits.nameType)
  const place = ['tenant_id', 'user_id', 'session_id', 'task_id', 'namespace'] as const
  await db.schema
    .createTable('artifacts_blobs')
    .addColumn('tenant_id', name, (column) => column.notNull())
    .addColumn('user_id', name, (column) => column.notNull())
    .addColumn('session_id', name, (column) => column.notNull())
    .addColumn('task_id', name, (column) => column.notNull())
    .addColumn('namespace', name, (column) => column.notNull())
    .addColumn('id', name, (column) => column.notNull())
    .addColumn('mime_type', name, (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('filename', name, (column) => column.notNull())
    .addColumn('sha256', name, (column) => column.notNull())
    .addColumn('source_json', name, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    // Last, so that reading a ref never walks the pages of the blob.
    .addColumn('bytes', await blobType(db, traits), (column) => column.notNull())
    .addPrimaryKeyConstraint('artifacts_blobs_pkey', [...place, 'id'])
    .addUniqueConstraint('artifacts_blobs_sha256_key', [...place, 'sha256'])
    .execute()
}
