import { sql } from 'kysely'
import type { NextRow } from './dialects/sql-dialect.ts'
import { areAfter, haveValues, inOrder, parameterOf } from './key-conditions.ts'
import { forAnyTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { Compilable } from './sql-statement.ts'
import type { KeyedTable } from './table-spec.ts'

/** The columns of a walk over distinct beginnings of a key. */
export interface DistinctKeys<Owned extends object> {
  /** The first columns of the key, whose values are the parameters of the same names. */
  readonly owned: readonly (keyof Owned & string)[]
  /** The next columns of the key, of which each combination is found once. */
  readonly walked: readonly string[]
}

/**
 * Returns a query for a page of the distinct values of some columns of a key, in their order, after
 * the parameters `after_…`. Leaves out those whose last column is empty.
 *
 * Each step seeks the next value in the index of the key, so the cost follows the number of values
 * and not that of the rows that have them. A `distinct` would read every row.
 */
export function distinctKeys<Owned extends object>(
  { builder, dialect }: SqlDatabase,
  table: KeyedTable,
  { owned, walked }: DistinctKeys<Owned>,
  at: Owned & { readonly limit: number },
): Compilable<Record<string, string>> {
  const db = forAnyTables(builder)
  const columns = sql.join(walked.map((column) => sql.id(column)))
  const last = sql.id(...walked.slice(-1))
  const nextAfter = (valueOf: (column: string) => unknown) =>
    inOrder(
      db
        .selectFrom(table.name)
        .select(walked)
        .where((where) => where.and([...haveValues(owned, at), areAfter(walked, valueOf)])),
      walked,
    ).limit(sql.lit(1))
  const first = nextAfter(parameterOf('after', at))
  const next: NextRow = {
    query: nextAfter((column) => sql.ref(`found.${column}`)),
    table: table.name,
    columns: walked,
    owned: (row) => haveValues(owned, at, row),
  }
  const found = sql.id('found')
  const page = sql<Record<string, string>>`with recursive ${found} (${columns}) as (
    select * from ${first} as beginning
    union all
    ${dialect.nextOfEach('found', next)}
  )
  select ${columns} from ${found} where ${last} <> '' limit ${at.limit}`
  return { compile: () => page.compile(builder) }
}
