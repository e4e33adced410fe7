import { sql, type OperationNodeSource, type RawBuilder, type SqlBool } from 'kysely'
import { Placeholder, readParameter } from '../placeholder.ts'
import type { SqlCalls } from '../sql-calls.ts'
import type {
  BatchRules,
  SqlBatch,
  Compilable,
  SqlStatement,
  StatementTraits,
} from '../sql-statement.ts'
import type { ColumnTypes } from '../table-spec.ts'
import { postgresValueType } from './postgres-types.ts'
import type { ManyCalls } from './sql-dialect.ts'

/** The placeholder for the lock timeout of the statement. */
const lockTimeout = new Placeholder('lock_timeout')

/** Compiles the batch form of a statement. */
export function compileBatch<Parameters extends object>(
  name: string,
  { columns, nameOf }: BatchRules<Parameters>,
  build: (calls: ManyCalls<Parameters>) => Compilable<unknown>,
): SqlBatch<Parameters> {
  // The setting is local to this transaction, which is this statement, and applies before the first
  // row is written.
  const calls = callArrays<Parameters>(
    columns,
    (rows) => sql`${rows}
    where (select set_config('lock_timeout', ${lockTimeout}, true)) is not null`,
  )
  const compiled = build(calls).compile()
  return {
    name,
    sql: compiled.sql,
    nameOf,
    bindAll: (calls, lockTimeoutMs) =>
      bindCalls(
        compiled.parameters.map((parameter) =>
          parameter === lockTimeout ? String(lockTimeoutMs) : parameter,
        ),
        calls,
      ),
  }
}

/** Compiles a statement that makes all of its calls or none. */
export function compileAllOrNone<Parameters extends object>(
  name: string,
  { builder }: SqlCalls,
  columns: ColumnTypes<keyof Parameters & string>,
  build: (calls: ManyCalls<Parameters>) => OperationNodeSource,
  traits: StatementTraits<readonly Parameters[]>,
): SqlStatement<readonly Parameters[], unknown> {
  const arrays = callArrays<Parameters>(columns)
  // Only an error can undo a statement. The text appears in the server's log.
  const verdict = sql`case count(*) when ${arrays.count} then 0 else
    cast('Harborage: only ' || count(*) || ' rows can be written, so none is' as integer) end`
  const compiled = builder
    .with('written', () => sql<object>`(${build(arrays)})`)
    .selectFrom('written')
    .select(verdict.as('verdict'))
    .compile()
  return {
    ...traits,
    name,
    sql: compiled.sql,
    bind: (calls) => bindCalls(compiled.parameters, calls),
  }
}

/** Many calls in one statement. Each column is sent as one array. */
interface CallArrays<Parameters> extends ManyCalls<Parameters> {
  /** The number of calls. */
  readonly count: RawBuilder<unknown>
}

/**
 * Returns the SQL for calls with these columns.
 *
 * @param limit Changes the query of their rows. Default: no change.
 */
function callArrays<Parameters extends object>(
  types: ColumnTypes<keyof Parameters & string>,
  limit: (rows: RawBuilder<unknown>) => RawBuilder<unknown> = (rows) => rows,
): CallArrays<Parameters> {
  // The columns are exactly those of the type.
  const columns = Object.keys(types) as (keyof Parameters & string)[]
  const arrayOf = (column: keyof Parameters & string): RawBuilder<unknown> =>
    sql`${new Placeholder(column)}::${postgresValueType(types[column])}[]`
  const [counted] = columns.map(arrayOf)
  // In a select list the arrays are unnested in parallel; in `from` each one would become a table
  // first.
  const rows = limit(
    sql`select ${sql.join(columns.map((column) => sql`unnest(${arrayOf(column)})`))}`,
  )
  const names = sql.join(columns.map((column) => sql.ref(column)))
  return {
    columns,
    rows,
    // Not with `exists`: a join could change the order of the calls, in which they lock rows.
    rowsWhere: (selected, conditions) => sql`
      select ${sql.join(selected.map((column) => sql.ref(`call.${column}`)))}
      from (${rows}) as call (${names}) where ${sql.join(conditions, sql` and `)}`,
    count: sql`cardinality(${counted})`,
    isNoneOf: (value, column) => sql<SqlBool>`${value} <> all(${arrayOf(column)})`,
  }
}

/** Returns the values of a statement whose placeholders are such arrays. */
function bindCalls(parameters: readonly unknown[], calls: readonly object[]): unknown[] {
  return parameters.map((parameter) =>
    parameter instanceof Placeholder
      ? calls.map((call) => readParameter(call, parameter))
      : parameter,
  )
}
