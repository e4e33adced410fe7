import { sql, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { AnyTables } from './sql-calls.ts'

/**
 * Returns the conditions that columns have the values of the parameters of the same names.
 *
 * @param row The name of the row that has the columns. Default: that of the only table.
 */
export function haveValues(
  columns: readonly string[],
  at: object,
  row?: string,
): RawBuilder<SqlBool>[] {
  const refTo = (column: string) => sql.ref(row === undefined ? column : `${row}.${column}`)
  return columns.map((column) => sql`${refTo(column)} = ${Reflect.get(at, column)}`)
}

/** Returns the condition that columns, in their order, come after a place. */
export function areAfter(
  columns: readonly string[],
  valueOf: (column: string) => unknown,
): RawBuilder<SqlBool> {
  return sql`(${refsOf(columns)}) > (${valuesOf(columns, valueOf)})`
}

/** Returns the condition that columns, in their order, come up to a place. */
export function areUpTo(
  columns: readonly string[],
  valueOf: (column: string) => unknown,
): RawBuilder<SqlBool> {
  return sql`(${refsOf(columns)}) <= (${valuesOf(columns, valueOf)})`
}

/** Returns a function that reads the parameter of a column whose name has a prefix. */
export function parameterOf(prefix: string, at: object): (column: string) => unknown {
  return (column): unknown => Reflect.get(at, `${prefix}_${column}`)
}

/** Orders a query by columns. */
export function inOrder<Row>(
  query: SelectQueryBuilder<AnyTables, string, Row>,
  columns: readonly string[],
): SelectQueryBuilder<AnyTables, string, Row> {
  return columns.reduce((ordered, column) => ordered.orderBy(column), query)
}

function refsOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}

function valuesOf(
  columns: readonly string[],
  valueOf: (column: string) => unknown,
): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql`${valueOf(column)}`))
}
