import {
  compileDirectory,
  compileOnce,
  compileStatement,
  type DirectoryStatements,
  type ManyReads,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
} from '@harborage/core/sql'
import type { InsertQueryBuilder, InsertResult } from 'kysely'
import { compileArtifactRemovals, type ArtifactRemovals } from './removals.ts'
import {
  ofKey,
  ofRow,
  scopeOf,
  type DigestColumns,
  type KeyColumns,
  type RefColumns,
  type ScopeColumns,
} from './rows.ts'
import { artifactsBlobs, type ArtifactRow, type ArtifactTables } from './tables.ts'

/**
 * The statements of the artifact store, compiled once when it opens. Those of lists and the reading
 * of bytes are separate.
 */
export interface ArtifactStatements {
  /** The parts that differ between engines. */
  readonly dialect: SqlDialect
  /** Writes unless the id is taken or equal content is stored. */
  readonly put: SqlStatement<ArtifactRow, unknown>
  readonly findByDigest: SqlStatement<DigestColumns, RefColumns>
  /** Reads like {@link findByDigest}, and locks the row until the transaction ends. */
  readonly lockByDigest: SqlStatement<DigestColumns, RefColumns>
  readonly getRef: SqlStatement<KeyColumns, RefColumns>
  /** Reads the refs of several artifacts of a scope. */
  readonly getRefs: ManyReads<ScopeColumns, NameColumns, RefColumns>
  readonly delete: SqlStatement<KeyColumns, unknown>
  readonly removals: ArtifactRemovals
  readonly directory: DirectoryStatements
}

/** The columns that name an artifact within its scope. */
type NameColumns = Omit<KeyColumns, keyof ScopeColumns>

type Insert = InsertQueryBuilder<ArtifactTables, 'artifacts_blobs', InsertResult>

const { keyOf } = artifactsBlobs
const refColumns = artifactsBlobs.except('checksum', 'bytes')

/** Compiles the statements, once for all databases of one engine and schema. */
export const compileArtifactStatements: (database: SqlDatabase) => ArtifactStatements =
  compileOnce(compileAll)

function compileAll(database: SqlDatabase): ArtifactStatements {
  const db = database.builder.$extendTables<ArtifactTables>()
  const withDigest = (at: DigestColumns) =>
    db
      .selectFrom('artifacts_blobs')
      .select(refColumns)
      .where((where) => where.and({ ...scopeOf(at), namespace: at.namespace, sha256: at.sha256 }))
  return {
    dialect: database.dialect,
    put: compilePut(database),
    findByDigest: compileStatement('artifacts_find_by_digest', withDigest, {
      repeat: 'reads',
      isPointRead: true,
    }),
    lockByDigest: compileStatement(
      'artifacts_lock_by_digest',
      (at: DigestColumns) => database.dialect.lockRows(withDigest(at)),
      { repeat: 'reads' },
    ),
    getRef: compileStatement(
      'artifacts_get_ref',
      (at) =>
        db
          .selectFrom('artifacts_blobs')
          .select(refColumns)
          .where((where) => where.and(keyOf(at))),
      { repeat: 'reads', isPointRead: true },
    ),
    getRefs: database.dialect.compileManyReads(database, {
      name: 'artifacts_get_refs',
      repeat: 'reads',
      table: artifactsBlobs.spec,
      common: ['tenant_id', 'user_id', 'session_id', 'task_id'],
      columns: () => refColumns,
    }),
    delete: compileStatement(
      'artifacts_delete',
      (at) => db.deleteFrom('artifacts_blobs').where((where) => where.and(keyOf(at))),
      { repeat: 'never', ...ofKey },
    ),
    removals: compileArtifactRemovals(database),
    directory: compileDirectory('artifacts', database, artifactsBlobs.spec),
  }
}

/** Compiles the put that writes unless the id is taken or equal content is stored. */
function compilePut(database: SqlDatabase): SqlStatement<ArtifactRow, unknown> {
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
