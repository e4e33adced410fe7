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
  /** Writes the expiry of an artifact. */
  readonly renew: SqlStatement<KeyColumns & Pick<DateColumns, 'expires_at'>, unknown>
  readonly findByDigest: SqlStatement<DigestColumns, RefColumns>
  /** Reads like {@link findByDigest}, and locks the row until the transaction ends. */
  readonly lockByDigest: SqlStatement<DigestColumns, RefColumns>
  readonly getRef: SqlStatement<KeyColumns, RefColumns>
  /** Reads the refs of several artifacts of a scope. */
  readonly getRefs: ManyReads<ScopeColumns, NameColumns, RefColumns>
  readonly delete: SqlStatement<KeyColumns, unknown>
  /** Deletes an artifact if it still has the dates with which it was found. */
  readonly prune: SqlStatement<KeyColumns & DateColumns, unknown>
  /** The time by the clock of the database, in milliseconds. */
  readonly now: SqlStatement<object, { readonly now: number }>
  readonly removals: ArtifactRemovals
  readonly directory: DirectoryStatements
}

/** The columns that name an artifact within its scope. */
type NameColumns = Omit<KeyColumns, keyof ScopeColumns>

/** The dates by which an artifact that was put again is told apart. */
type DateColumns = Pick<ArtifactRow, 'created_at' | 'expires_at'>

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
    renew: compileStatement(
      'artifacts_renew',
      (at: KeyColumns & Pick<DateColumns, 'expires_at'>) =>
        db
          .updateTable('artifacts_blobs')
          .set({ expires_at: at.expires_at })
          .where((where) => where.and(keyOf(at))),
      { repeat: 'never', ...ofKey },
    ),
    prune: compileStatement(
      'artifacts_prune',
      (at: KeyColumns & DateColumns) =>
        db
          .deleteFrom('artifacts_blobs')
          .where((where) =>
            where.and({ ...keyOf(at), created_at: at.created_at, expires_at: at.expires_at }),
          ),
      { repeat: 'never', ...ofKey },
    ),
    now: compileStatement('artifacts_now', () => db.selectNoFrom(database.dialect.now.as('now')), {
      repeat: 'reads',
      isPointRead: true,
    }),
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
