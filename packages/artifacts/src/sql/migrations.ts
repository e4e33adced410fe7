import { addColumn, type SchemaChange, type Subsystem, type TableSpec } from '@harborage/core/sql'
import { artifactsBlobs } from './tables.ts'

const createArtifactsBlobs: SchemaChange = async (db, dialect) => {
  const text = await dialect.columnType('text', db)
  const bytes = await dialect.columnType('large_bytes', db)
  const place = ['tenant_id', 'user_id', 'session_id', 'task_id', 'namespace'] as const
  await db.schema
    .createTable('artifacts_blobs')
    .addColumn('tenant_id', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('task_id', text, (column) => column.notNull())
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('mime_type', text, (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('filename', text, (column) => column.notNull())
    .addColumn('sha256', text, (column) => column.notNull())
    .addColumn('source_json', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    // Last, so that reading a ref never walks the pages of the blob.
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('artifacts_blobs_pkey', [...place, 'id'])
    .addUniqueConstraint('artifacts_blobs_sha256_key', [...place, 'sha256'])
    .execute()
}

/** The table with checksums. It stays as it is when the table changes later. */
const checksummedBlobs = {
  name: 'artifacts_blobs',
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    task_id: 'text',
    namespace: 'text',
    id: 'text',
    mime_type: 'text',
    size_bytes: 'integer',
    filename: 'text',
    sha256: 'text',
    source_json: 'text',
    created_at: 'timestamp',
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
} satisfies TableSpec

/**
 * Adds the checksum of the bytes. Rows that are there have none, and neither have those of earlier
 * releases that still run: their digest is compared.
 */
const addChecksum: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, checksummedBlobs, 'checksum')

/** The table with the expiry of artifacts. It stays as it is when the table changes later. */
const expiringBlobs = {
  ...checksummedBlobs,
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    task_id: 'text',
    namespace: 'text',
    id: 'text',
    mime_type: 'text',
    size_bytes: 'integer',
    filename: 'text',
    sha256: 'text',
    source_json: 'text',
    created_at: 'timestamp',
    expires_at: 'timestamp',
    checksum: 'text',
    bytes: 'large_bytes',
  },
  // No date is so late.
  defaults: { ...checksummedBlobs.defaults, expires_at: Number.MAX_SAFE_INTEGER },
} satisfies TableSpec

/**
 * Adds the expiry of artifacts. Rows that are there do not expire, and neither do those that
 * earlier releases insert.
 */
const addExpiry: SchemaChange = (db, dialect, schema) =>
  addColumn(db, dialect, schema, expiringBlobs, 'expires_at')

/**
 * The migrations of the artifact store. A released migration is never edited: a change is a new
 * one.
 */
export const artifactsSubsystem: Subsystem = {
  name: 'artifacts',
  packageName: '@harborage/artifacts',
  tables: [artifactsBlobs.spec],
  migrations: {
    '0001_create_artifacts_blobs': createArtifactsBlobs,
    '0002_add_checksum': addChecksum,
    '0003_add_expiry': addExpiry,
  },
}
