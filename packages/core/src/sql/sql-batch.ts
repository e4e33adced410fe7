import { sql, type RawBuilder } from 'kysely'
import { bindCalls, callsOf, namesOf, type BatchColumns } from './call-arrays.ts'
import type { Compilable, CompiledSql } from './compiled-sql.ts'
import { StandIn } from './stand-in.ts'

/** The form of a statement that makes many calls at once, each of which writes one row or none. */
export interface SqlBatch<Parameters> extends CompiledSql {
  /**
   * Returns the values of the statement for these calls, which are sorted by their first keys.
   *
   * @param lockTimeoutMs How long the statement waits for a row that somebody else keeps locked, before it fails as a
   * whole.
   */
  bindAll(calls: readonly Parameters[], lockTimeoutMs: number): unknown[]
  /**
   * The same for when conflicts are expected, at the cost of a look-up per call: it leaves out each call in conflict with
   * a row that is there, where the other form fails as a whole. It may still fail where that row is just being written.
   * Default: there is none.
   */
  readonly selective?: SqlBatch<Parameters>
  /** Names a call within its batch, and also the row that it wrote by what the statement returns of it. */
  nameOf(row: Parameters): string
}

/** What a batch is made of beside its SQL. */
export interface BatchRules<Parameters> extends Pick<SqlBatch<Parameters>, 'nameOf'> {
  readonly columns: BatchColumns<Parameters>
}

/** Stands for how long the statement waits for a lock. */
const lockTimeout = new StandIn('lock_timeout')

/**
 * Compiles the batch form of a statement for engines whose trait `batches` says that they use it. `build` gets the
 * columns that `rules` names, and a query that gives one row of them per call, to insert from; its statement returns of
 * each row that it wrote what `nameOf` wants to see.
 */
export function compileBatch<Parameters extends object>(
  name: string,
  { columns, nameOf }: BatchRules<Parameters>,
  build: (
    columns: readonly (keyof Parameters & string)[],
    calls: RawBuilder<unknown>,
  ) => Compilable<unknown>,
): SqlBatch<Parameters> {
  // The limit is of this transaction only, which is this statement, and is set before the first row is written.
  const limited = sql`${callsOf(columns)}
    where (select set_config('lock_timeout', ${lockTimeout}, true)) is not null`
  const compiled = build(namesOf(columns), limited).compile()
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
