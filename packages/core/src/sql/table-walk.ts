import { sql } from 'kysely'
import { fillPage, type PageBounds } from './fill-page.ts'
import { areAfter, inOrder, parameterOf } from './key-conditions.ts'
import { forAnyTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import { compileStatement, type Compilable, type SqlStatement } from './sql-statement.ts'
import type { TableSpec } from './table-spec.ts'

/** A row whose bytes are `null` if there are too many of them for the page. */
type PagedRow<Row extends { readonly bytes: Uint8Array }> = Omit<Row, 'bytes'> & {
  readonly bytes: Uint8Array | null
}

/** The place after which a page begins, as `after_…` of each key column, and its bounds. */
interface WalkParameters {
  readonly limit: number
  readonly inline_bytes: number
}

/** The statements that walk through all rows of a table in the order of its key. */
export interface TableWalk<Row extends { readonly bytes: Uint8Array }> {
  /** The key columns. */
  readonly key: readonly string[]
  readonly page: SqlStatement<WalkParameters, PagedRow<Row>>
  /** The sizes of the rows that {@link page} would read. */
  readonly sizes: SqlStatement<WalkParameters, { readonly size: number }>
}

/**
 * Compiles the statements that walk through all rows of a table, of all tenants. The table has a
 * column `bytes`, and `Row` is its row.
 *
 * @param walk The prefix of the names of the statements.
 */
export function compileTableWalk<Row extends { readonly bytes: Uint8Array }>(
  walk: string,
  { builder }: SqlDatabase,
  { name, key, columns }: TableSpec,
): TableWalk<Row> {
  const db = forAnyTables(builder)
  const others = Object.keys(columns).filter((column) => column !== 'bytes')
  const bytes = sql.ref('bytes')
  const rowsAfter = (at: WalkParameters) =>
    inOrder(db.selectFrom(name).where(areAfter(key, parameterOf('after', at))), key).limit(at.limit)
  return {
    key,
    page: compileStatement(
      `${walk}_page`,
      (at: WalkParameters) =>
        ofTable<PagedRow<Row>>(
          rowsAfter(at)
            .select(others)
            .select(
              sql`case when length(${bytes}) <= ${at.inline_bytes} then ${bytes} end`.as('bytes'),
            ),
        ),
      { repeat: 'reads' },
    ),
    sizes: compileStatement(
      `${walk}_page_sizes`,
      (at: WalkParameters) => rowsAfter(at).select(sql<number>`length(${bytes})`.as('size')),
      { repeat: 'reads' },
    ),
  }
}

/** Returns a query of all columns of a table, with the type of its rows. */
function ofTable<Row>(query: Compilable<unknown>): Compilable<Row> {
  return query
}

/**
 * Reads the next rows of a table in the order of its key. A page ends once its bytes add up to
 * `maxBytes`.
 *
 * @param after The key columns of the last row of the previous page. Default: the first page.
 */
export function walkTable<Row extends { readonly bytes: Uint8Array }>(
  database: SqlDatabase,
  { key, page, sizes }: TableWalk<Row>,
  after: object | undefined,
  bounds: PageBounds,
): Promise<readonly Row[]> {
  const at = (last: object | undefined, limit: number, inlineBytes: number): WalkParameters => {
    const place = last ?? after ?? {}
    const values = key.map((column): [string, unknown] => [
      `after_${column}`,
      // No name is empty, so no key is.
      Reflect.get(place, column) ?? '',
    ])
    return { ...Object.fromEntries(values), limit, inline_bytes: inlineBytes }
  }
  return fillPage<PagedRow<Row>, Row>(bounds, {
    read: (last, limit, inlineBytes) => database.rows(page, at(last, limit, inlineBytes)),
    readSizes: async (last, limit) => {
      const rows = await database.rows(sizes, at(last, limit, 0))
      return rows.map(({ size }) => size)
    },
    isWhole: (row): row is Row => row.bytes !== null,
    bytesOf: (row) => row.bytes.byteLength,
  })
}
