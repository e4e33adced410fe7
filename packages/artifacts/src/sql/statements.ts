import {
  compileOnce,
  compileScopeRemoval,
  compileStatement,
  type Removal,
  type SessionColumns,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import { compilePut } from './put-statement.ts'
import {
  ofKey,
  scopeOf,
  type DigestColumns,
  type KeyColumns,
  type PagedRefColumns,
  type RefColumns,
} from './rows.ts'
import { artifactsBlobs, type ArtifactRow, type ArtifactTables } from './tables.ts'

/** Every statement of the artifact store but the walks and the reading of bytes, compiled once when it opens. */
export interface ArtifactStatements {
  /** What the engine does in its own way. */
  readonly dialect: SqlDialect
  /** Writes unless the id is taken or the content is there. */
  readonly put: SqlStatement<ArtifactRow, unknown>
  readonly findByDigest: SqlStatement<DigestColumns, RefColumns>
  /** As {@link findByDigest}, and keeps others from what it finds until the transaction ends. */
  readonly lockByDigest: SqlStatement<DigestColumns, RefColumns>
  readonly getRef: SqlStatement<KeyColumns, RefColumns>
  readonly delete: SqlStatement<KeyColumns, unknown>
  readonly scope: Removal<SessionColumns>
}

const { key, keyOf } = artifactsBlobs
const smallColumns = artifactsBlobs.except('source_json', 'bytes')
const refColumns = [...smallColumns, 'source_json'] as const

/** Compiles the statements, once for databases of one kind. */
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
    delete: compileStatement(
      'artifacts_delete',
      (at) => db.deleteFrom('artifacts_blobs').where((where) => where.and(keyOf(at))),
      { repeat: 'never', ...ofKey },
    ),
    scope: compileScopeRemoval('artifacts', database, artifactsBlobs.spec),
  }
}

/** Values of one page of refs: of every column a filter may name, and of the last ref of the page before. */
export interface PageParameters extends KeyColumns {
  readonly after_tenant_id: string
  readonly after_user_id: string
  readonly after_session_id: string
  readonly after_task_id: string
  readonly after_namespace: string
  readonly after_id: string
  readonly limit: number
  /** A source of more bytes is left out. */
  readonly inline_bytes: number
}

/** A column that a filter may name. */
export type FilterColumn = Exclude<keyof KeyColumns, 'id'>

/** What a walk needs of its statements. */
export interface ListStatement {
  readonly page: SqlStatement<PageParameters, PagedRefColumns>
  /** How many bytes the sources have that the page would hold. */
  readonly sizes: SqlStatement<PageParameters, { readonly size: number }>
}

/** Compiles the walk for the filters that name just these columns. */
export function compileListPage(
  database: SqlDatabase,
  filtered: ReadonlySet<FilterColumn>,
): ListStatement {
  const source = sql.ref('source_json')
  return {
    page: compileStatement(
      'artifacts_list_page',
      (page: PageParameters) => {
        const upTo = sql<
          string | null
        >`case when octet_length(${source}) <= ${page.inline_bytes} then ${source} end`
        return pageOf(database, filtered, page).select(smallColumns).select(upTo.as('source_json'))
      },
      { repeat: 'reads' },
    ),
    sizes: compileStatement(
      'artifacts_list_page_sizes',
      (page: PageParameters) =>
        pageOf(database, filtered, page).select(sql<number>`octet_length(${source})`.as('size')),
      { repeat: 'reads' },
    ),
  }
}

/**
 * Compares the place of the page only in the columns from the first one that the filter leaves open: so the index leads
 * straight to where the page begins.
 */
function pageOf(database: SqlDatabase, filtered: ReadonlySet<FilterColumn>, page: PageParameters) {
  const db = database.builder.$extendTables<ArtifactTables>()
  const open = key.slice(key.findIndex((column) => column === 'id' || !filtered.has(column)))
  const place = sql.join(open.map((column) => sql.ref(column)))
  const after = sql.join(open.map((column) => sql<string>`${page[`after_${column}`]}`))
  let query = db
    .selectFrom('artifacts_blobs')
    .where(sql<boolean>`(${place}) > (${after})`)
    .limit(page.limit)
  for (const column of filtered) query = query.where(column, '=', page[column])
  for (const column of key) query = query.orderBy(column)
  return query
}
