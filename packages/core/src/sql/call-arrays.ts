import { sql, type RawBuilder } from 'kysely'
import { readParameter, StandIn } from './stand-in.ts'

/** The columns of a call and their types in the database. */
export type BatchColumns<Parameters> = Readonly<
  Record<keyof Parameters & string, 'text' | 'bigint' | 'bytea'>
>

export function namesOf<Parameters>(
  columns: BatchColumns<Parameters>,
): readonly (keyof Parameters & string)[] {
  return Object.keys(columns) as (keyof Parameters & string)[]
}

/** A query that gives one row per call, in the order of the calls. */
export function callsOf<Parameters>(columns: BatchColumns<Parameters>): RawBuilder<unknown> {
  // Where they are selected, arrays are walked in step; in `from`, each would be made a table first.
  const calls = namesOf(columns).map(
    (column) => sql`unnest(${arrayOfCalls(column, columns[column])})`,
  )
  return sql`select ${sql.join(calls)}`
}

/** What the calls have in a column. */
export function arrayOfCalls(column: string, type: string): RawBuilder<unknown> {
  return sql`${new StandIn(column)}::${sql.raw(type)}[]`
}

/** The values of a statement whose stand-ins stand for such arrays. */
export function bindCalls(parameters: readonly unknown[], calls: readonly object[]): unknown[] {
  return parameters.map((parameter) =>
    parameter instanceof StandIn ? calls.map((call) => readParameter(call, parameter)) : parameter,
  )
}
