import { sql, type RawBuilder } from 'kysely'
import { bindCalls, callsOf, namesOf, type BatchColumns } from './call-arrays.ts'
import type { Compilable, CompiledSql } from './compiled-sql.ts'

/** The form of a statement that makes many calls at once, each of which writes one row or none. */
export interface SqlBatch<Parameters> extends CompiledSql {
  /** The values of the statement for these calls, which are sorted by their first keys. */
  bindAll(calls: readonly Parameters[]): unknown[]
  /**
   * What no two calls of one batch may share. The first is also the order in which the calls of a batch are made: the
   * same for all who write to the table, so that they cannot deadlock.
   */
  keysOf(call: Parameters): readonly [string, ...string[]]
  /** Names a call within its batch, and also the row that it wrote by what the statement returns of it. */
  nameOf(row: Parameters): string
  /** About how many bytes the call sends. */
  sizeOf(call: Parameters): number
}

/** What a batch is made of beside its SQL. */
export interface BatchRules<Parameters> extends Pick<SqlBatch<Parameters>, 'keysOf' | 'nameOf'> {
  readonly columns: BatchColumns<Parameters>
}

/** A call that carries bytes. */
interface WithBytes {
  readonly bytes: Uint8Array
}

/** About what a call sends beside its bytes. */
const OTHER_BYTES = 256

/**
 * How long a batch waits for a row that somebody else keeps locked. Then it fails as a whole, and its calls are made one
 * by one, so that only those wait on that have to.
 */
const LOCK_TIMEOUT_MS = 500

/**
 * Compiles the batch form of a statement for engines whose trait `batches` says that they use it. `build` gets the
 * columns that `rules` names, and a query that gives one row of them per call, to insert from; its statement returns of
 * each row that it wrote what `nameOf` wants to see.
 */
export function compileBatch<Parameters extends WithBytes>(
  name: string,
  { columns, keysOf, nameOf }: BatchRules<Parameters>,
  build: (
    columns: readonly (keyof Parameters & string)[],
    calls: RawBuilder<unknown>,
  ) => Compilable<unknown>,
): SqlBatch<Parameters> {
  // The limit is of this transaction only, which is this statement, and is set before the first row is written.
  const limited = sql`${callsOf(columns)}
    where (select set_config('lock_timeout', ${sql.lit(String(LOCK_TIMEOUT_MS))}, true)) is not null`
  const compiled = build(namesOf(columns), limited).compile()
  return {
    name,
    sql: compiled.sql,
    keysOf,
    nameOf,
    sizeOf: ({ bytes }) => bytes.length + OTHER_BYTES,
    bindAll: (calls) => bindCalls(compiled.parameters, calls),
  }
}
