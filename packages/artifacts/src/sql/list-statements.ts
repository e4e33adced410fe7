import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql } from 'kysely'
import type { KeyColumns, PagedRefColumns } from './rows.ts'
import { artifactsBlobs, type ArtifactTables } from './tables.ts'

const { key } = artifactsBlobs
const smallColumns = artifactsBlobs.except('source_json', 'bytes')

/**
 * The parameters of a page: every column that a filter may name, and the last ref of the previous
 * page.
 */
export interface PageParameters extends KeyColumns {
  readonly after_tenant_id: string
  readonly after_user_id: string
  readonly after_session_id: string
  readonly after_task_id: string
  readonly after_namespace: string
  readonly after_id: string
  readonly limit: number
  /** A larger source is left out. */
  readonly inline_bytes: number
}

/** A column that a filter may name. */
export type FilterColumn = Exclude<keyof KeyColumns, 'id'>

/** The statements of a list. */
interface ListStatement {
  readonly page: SqlStatement<PageParameters, PagedRefColumns>
  /** The sizes of the sources that {@link page} would read. */
  readonly sizes: SqlStatement<PageParameters, { readonly size: number }>
}

/**
 * The statements of lists: one pair for each set of filtered columns, compiled at its first use.
 */
export class ListStatements {
  readonly #database: SqlDatabase
  readonly #compiled = new Map<string, ListStatement>()

  constructor(database: SqlDatabase) {
    this.#database = database
  }

  /** Returns the statements for filters that name exactly these columns. */
  for(filtered: ReadonlySet<FilterColumn>): ListStatement {
    const key = [...filtered].join()
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const fresh = compileListPage(this.#database, filtered)
    this.#compiled.set(key, fresh)
    return fresh
  }
}

/** Compiles the statements of lists whose filter names exactly these columns. */
function compileListPage(
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
 * Builds the query of a page. It compares the position of the page only in the columns from the
 * first one that the filter does not name, so that the index leads straight to the first row.
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
