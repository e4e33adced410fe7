import { sql, type OperationNodeSource } from 'kysely'
import type { SqlCalls } from '../sql-calls.ts'
import type { SqlStatement, StatementTraits } from '../sql-statement.ts'
import type { ColumnTypes } from '../table-spec.ts'
import { bindCalls, callArrays } from './postgres-arrays.ts'
import type { ManyCalls } from './sql-dialect.ts'

/** Compiles a statement that makes many calls or none of them. */
export function compileAllOrNone<Parameters extends object>(
  name: string,
  { builder }: SqlCalls,
  columns: ColumnTypes<keyof Parameters & string>,
  build: (calls: ManyCalls<Parameters>) => OperationNodeSource,
  traits: StatementTraits<readonly Parameters[]>,
): SqlStatement<readonly Parameters[], unknown> {
  const arrays = callArrays<Parameters>(columns)
  // No statement can undo itself but by an error, and the server's log shall say what it is about.
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
