import {
  compileBatch,
  compileStatement,
  type BatchRules,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import type { InsertQueryBuilder, InsertResult } from 'kysely'
import { keyNames, keyOf, keyText, ofRow } from './rows.ts'
import type { ArtifactRow, ArtifactTables } from './tables.ts'

type Insert = InsertQueryBuilder<ArtifactTables, 'artifacts_blobs', InsertResult>

/** How puts that come at the same time go as one statement. */
const putBatch: BatchRules<ArtifactRow> = {
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    task_id: 'text',
    namespace: 'text',
    id: 'text',
    mime_type: 'text',
    size_bytes: 'bigint',
    filename: 'text',
    sha256: 'text',
    source_json: 'text',
    created_at: 'bigint',
    bytes: 'bytea',
  },
  nameOf: keyText,
}

/** Compiles the put that writes unless the id is taken or the content is there. */
export function compilePut(database: SqlDatabase): SqlStatement<ArtifactRow, unknown> {
  const into = database.builder.$extendTables<ArtifactTables>().insertInto('artifacts_blobs')
  const unlessThere = (insert: Insert): Insert =>
    insert.onConflict((conflict) => conflict.doNothing())
  const put = (row: ArtifactRow): Insert =>
    unlessThere(
      into.values({
        ...keyOf(row),
        mime_type: row.mime_type,
        size_bytes: row.size_bytes,
        filename: row.filename,
        sha256: row.sha256,
        source_json: row.source_json,
        created_at: row.created_at,
        bytes: row.bytes,
      }),
    )
  if (!database.traits.batches)
    return compileStatement('artifacts_put', put, { ...ofRow, repeat: 'recognized' })
  const batch = compileBatch('artifacts_put_batch', putBatch, (columns, calls) =>
    unlessThere(into.columns(columns).expression(calls)).returning(keyNames),
  )
  return compileStatement('artifacts_put', put, { ...ofRow, repeat: 'recognized', batch })
}
