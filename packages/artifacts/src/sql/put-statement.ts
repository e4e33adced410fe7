import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import type { InsertQueryBuilder, InsertResult } from 'kysely'
import { ofRow } from './rows.ts'
import { artifactsBlobs, type ArtifactRow, type ArtifactTables } from './tables.ts'

type Insert = InsertQueryBuilder<ArtifactTables, 'artifacts_blobs', InsertResult>

/** Compiles the put that writes unless the id is taken or the content is there. */
export function compilePut(database: SqlDatabase): SqlStatement<ArtifactRow, unknown> {
  const into = database.builder.$extendTables<ArtifactTables>().insertInto('artifacts_blobs')
  const unlessThere = (insert: Insert): Insert =>
    insert.onConflict((conflict) => conflict.doNothing())
  const { columns, key, keyText, rowOf } = artifactsBlobs
  const batch = database.dialect.compileBatch<ArtifactRow>(
    'artifacts_put_batch',
    { columns, nameOf: keyText },
    (calls) => unlessThere(into.columns(calls.columns).expression(calls.rows)).returning(key),
  )
  return compileStatement(
    'artifacts_put',
    (row: ArtifactRow) => unlessThere(into.values(rowOf(row))),
    { ...ofRow, repeat: 'recognized', batch },
  )
}
