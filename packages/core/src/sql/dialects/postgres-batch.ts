import { sql } from 'kysely'
import type { Compilable } from '../compiled-sql.ts'
import type { BatchRules, SqlBatch } from '../sql-batch.ts'
import { Placeholder } from '../placeholder.ts'
import { bindCalls, callArrays } from './postgres-arrays.ts'
import type { ManyCalls } from './sql-dialect.ts'

/** Stands for how long the statement waits for a lock. */
const lockTimeout = new Placeholder('lock_timeout')

/** Compiles the batch form of a statement. */
export function compileBatch<Parameters extends object>(
  name: string,
  { columns, nameOf }: BatchRules<Parameters>,
  build: (calls: ManyCalls<Parameters>) => Compilable<unknown>,
): SqlBatch<Parameters> {
  // The limit is of this transaction only, which is this statement, and is set before the first row
  // is written.
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
