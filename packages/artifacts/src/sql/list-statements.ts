import type { ListOrder } from '@harborage/core'
import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql } from 'kysely'
import type { KeyColumns, PagedRefColumns } from './rows.ts'
import { artifactsBlobs, type ArtifactTables } from './tables.ts'

const { key } = artifactsBlobs
const smallColumns = artifactsBlobs.except('source_json', 'checksum', 'bytes')

/** The columns of a place at which a page begins or ends. */
type EndColumns<End extends string> = {
  readonly [Column in keyof KeyColumns as `${End}_${Column}`]: string
}

/** The parameters of a page: every column that a filter may name, and both ends of the page. */
export interface PageParameters extends KeyColumns, EndColumns<'lower'>, EndColumns<'upper'> {
  readonly limit: number
  /** A larger source is left out. */
  readonly inline_bytes: number
}

/** A column that a filter may name. */
export type FilterColumn = Exclude<keyof KeyColumns, 'id'>

/** What the text of a statement depends on. */
export interface ListShape {
  /** The columns that the filter names. */
  readonly filtered: ReadonlySet<FilterColumn>
  readonly order: ListOrder
  /** Whether the lower end itself belongs to the page. */
  readonly includesLower: boolean
  /** Whether the page has an upper end, which never belongs to it. */
  readonly hasUpper: boolean
  /** Whether the page has artifacts that have expired. */
  readonly hasExpired: boolean
}

/** The statements of a list. */
export interface ListStatement {
  readonly page: SqlStatement<PageParameters, PagedRefColumns>
  /** The sizes of the sources that {@link page} would read. */
  readonly sizes: SqlStatement<PageParameters, { readonly size: number }>
}

/** The statements of lists: one pair for each shape, compiled at its first use. */
export class ListStatements {
  readonly #database: SqlDatabase
  readonly #compiled = new Map<string, ListStatement>()

  constructor(database: SqlDatabase) {
    this.#database = database
  }

  /** Returns the statements of a shape. */
  for(shape: ListShape): ListStatement {
    const { filtered, order, includesLower, hasUpper, hasExpired } = shape
    const key = [order, includesLower, hasUpper, hasExpired, ...filtered].join()
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const fresh = compileListPage(this.#database, shape)
    this.#compiled.set(key, fresh)
    return fresh
  }
}

/** Compiles the statements of a shape. */
function compileListPage(database: SqlDatabase, shape: ListShape): ListStatement {
  const source = sql.ref('source_json')
  return {
    page: compileStatement(
      'artifacts_list_page',
      (page: PageParameters) => {
        const upTo = sql<
          string | null
        >`case when octet_length(${source}) <= ${page.inline_bytes} then ${source} end`
        return pageOf(database, shape, page).select(smallColumns).select(upTo.as('source_json'))
      },
      { repeat: 'reads' },
    ),
    sizes: compileStatement(
      'artifacts_list_page_sizes',
      (page: PageParameters) =>
        pageOf(database, shape, page).select(sql<number>`octet_length(${source})`.as('size')),
      { repeat: 'reads' },
    ),
  }
}

/**
 * Builds the query of a page. It compares the ends of the page only in the columns from the
 * first one that the filter does not name, so that the index leads straight to the first row.
 */
function pageOf(
  database: SqlDatabase,
  { filtered, order, includesLower, hasUpper, hasExpired }: ListShape,
  page: PageParameters,
) {
  const db = database.builder.$extendTables<ArtifactTables>()
  const open = key.slice(key.findIndex((column) => column === 'id' || !filtered.has(column)))
  const place = sql.join(open.map((column) => sql.ref(column)))
  const lower = sql.join(open.map((column) => sql<string>`${page[`lower_${column}`]}`))
  let query = db
    .selectFrom('artifacts_blobs')
    .where(sql<boolean>`(${place}) ${includesLower ? sql`>=` : sql`>`} (${lower})`)
    .limit(page.limit)
  if (hasUpper) {
    const upper = sql.join(open.map((column) => sql<string>`${page[`upper_${column}`]}`))
    query = query.where(sql<boolean>`(${place}) < (${upper})`)
  }
  if (!hasExpired) query = query.where('expires_at', '>', database.dialect.readTime)
  for (const column of filtered) query = query.where(column, '=', page[column])
  const direction = order === 'descending' ? 'desc' : 'asc'
  for (const column of key) query = query.orderBy(column, direction)
  return query
}
