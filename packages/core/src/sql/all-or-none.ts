import { sql, type OperationNodeSource, type RawBuilder } from 'kysely'
import { arrayOfCalls, bindCalls, callsOf, namesOf, type BatchColumns } from './call-arrays.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { SqlStatement, StatementTraits } from './sql-statement.ts'

/**
 * Compiles a statement that makes many calls or none of them, for engines whose trait `batches` says that they take
 * arrays. `build` is as for `compileBatch`, and also gets the arrays of the columns; its statement returns a row
 * for each that it wrote. Where that is not one for every call, it fails with the reason `incomplete`.
 */
export function compileAllOrNone<Parameters extends object>(
  name: string,
  { builder }: SqlDatabase,
  columns: BatchColumns<Parameters>,
  build: (
    columns: readonly (keyof Parameters & string)[],
    calls: RawBuilder<unknown>,
    arrayOf: (column: keyof Parameters & string) => RawBuilder<unknown>,
  ) => OperationNodeSource,
  traits: StatementTraits<readonly Parameters[]>,
): SqlStatement<readonly Parameters[], unknown> {
  const names = namesOf(columns)
  const arrayOf = (column: keyof Parameters & string) => arrayOfCalls(column, columns[column])
  const [counted] = names.map(arrayOf)
  // No statement can undo itself but by an error, and the server's log shall say what it is about.
  const verdict = sql`case count(*) when cardinality(${counted}) then 0 else
    cast('Harborage: only ' || count(*) || ' rows can be written, so none is' as integer) end`
  const compiled = builder
    .with('written', () => sql<object>`(${build(names, callsOf(columns), arrayOf)})`)
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
