import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { readParameter, Placeholder } from '../placeholder.ts'
import type { ColumnTypes } from '../table-spec.ts'
import { postgresValueType } from './postgres-types.ts'
import type { ManyCalls } from './sql-dialect.ts'

/** Many calls, each column of which is sent as one array. */
export interface CallArrays<Parameters> extends ManyCalls<Parameters> {
  /** How many calls there are. */
  readonly count: RawBuilder<unknown>
}

/**
 * Makes the arrays of calls that have these columns.
 *
 * @param limit Changes the query of their rows. Default: not at all.
 */
export function callArrays<Parameters extends object>(
  types: ColumnTypes<keyof Parameters & string>,
  limit: (rows: RawBuilder<unknown>) => RawBuilder<unknown> = (rows) => rows,
): CallArrays<Parameters> {
  // The names are those of the type, as each of them is there.
  const columns = Object.keys(types) as (keyof Parameters & string)[]
  const arrayOf = (column: keyof Parameters & string): RawBuilder<unknown> =>
    sql`${new Placeholder(column)}::${postgresValueType(types[column])}[]`
  const [counted] = columns.map(arrayOf)
  // Where they are selected, arrays are walked in step; in `from`, each would be made a table
  // first.
  const rows = limit(
    sql`select ${sql.join(columns.map((column) => sql`unnest(${arrayOf(column)})`))}`,
  )
  const names = sql.join(columns.map((column) => sql.ref(column)))
  return {
    columns,
    rows,
    // No `not exists`: a join may change the order of the calls, in which they lock their rows.
    rowsWithout: (found) => sql`select * from (${rows}) as call (${names}) where ${found} is null`,
    count: sql`cardinality(${counted})`,
    isNoneOf: (value, column) => sql<SqlBool>`${value} <> all(${arrayOf(column)})`,
  }
}

/** Returns the values of a statement whose stand-ins stand for such arrays. */
export function bindCalls(parameters: readonly unknown[], calls: readonly object[]): unknown[] {
  return parameters.map((parameter) =>
    parameter instanceof Placeholder
      ? calls.map((call) => readParameter(call, parameter))
      : parameter,
  )
}
