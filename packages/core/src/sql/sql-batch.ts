import { sql, type RawBuilder } from 'kysely'
import type { Compilable, CompiledSql } from './compiled-sql.ts'
import { readParameter, StandIn, standIns } from './stand-in.ts'

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
  /** The columns of a call and their types in the database, without the one of the bytes. */
  readonly columns: Readonly<Record<Exclude<keyof Parameters & string, 'bytes'>, 'text' | 'bigint'>>
}

/** A call that carries bytes. */
interface WithBytes {
  readonly bytes: Uint8Array
}

/** What stands for the values of all calls: an array for each column, and the bytes of all in one. */
interface BatchValues {
  readonly all_bytes: Uint8Array
  readonly byte_from: readonly number[]
  readonly byte_length: readonly number[]
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
 * columns that `rules` names and `bytes`, and a query that gives one row of them per call, to insert from; its statement
 * returns of each row that it wrote what `nameOf` wants to see.
 *
 * The bytes of all calls travel as one value, of which every row takes its part: a value of the type bytea goes to the
 * server as it is, and an array of them as text, twice as long.
 */
export function compileBatch<Parameters extends WithBytes>(
  name: string,
  { columns, keysOf, nameOf }: BatchRules<Parameters>,
  build: (
    columns: readonly (keyof Parameters & string)[],
    calls: RawBuilder<unknown>,
  ) => Compilable<unknown>,
): SqlBatch<Parameters> {
  const names = Object.keys(columns) as Exclude<keyof Parameters & string, 'bytes'>[]
  const compiled = build([...names, 'bytes'], callsOf(columns)).compile()
  return {
    name,
    sql: compiled.sql,
    keysOf,
    nameOf,
    sizeOf: ({ bytes }) => bytes.length + OTHER_BYTES,
    bindAll(calls) {
      const values = batchValues(calls)
      return compiled.parameters.map((parameter) => {
        if (!(parameter instanceof StandIn)) return parameter
        return parameter.name in values
          ? readParameter(values, parameter)
          : calls.map((call) => readParameter(call, parameter))
      })
    },
  }
}

/** One row per call, in the order of the calls. */
function callsOf(columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const parameters = standIns<BatchValues & Record<string, unknown>>()
  const types = { ...columns, byte_from: 'bigint', byte_length: 'bigint' }
  const arrays = Object.entries(types).map(
    ([column, type]) => sql`${parameters[column]}::${sql.raw(type)}[]`,
  )
  const selected = Object.keys(columns).map((column) => sql.ref(`calls.${column}`))
  const names = Object.keys(types).map((column) => sql.ref(column))
  // The limit is of this transaction only, which is this statement, and stands before the first row is written.
  return sql`with limits as materialized (
      select set_config('lock_timeout', ${sql.lit(String(LOCK_TIMEOUT_MS))}, true)
    )
    select ${sql.join(selected)},
      substr(${parameters.all_bytes}::bytea, calls.byte_from::integer, calls.byte_length::integer)
    from limits, unnest(${sql.join(arrays)}) as calls(${sql.join(names)})`
}

function batchValues(calls: readonly WithBytes[]): BatchValues {
  const byte_from: number[] = []
  const byte_length: number[] = []
  let end = 0
  for (const { bytes } of calls) {
    // SQL counts from 1.
    byte_from.push(end + 1)
    byte_length.push(bytes.length)
    end += bytes.length
  }
  const all_bytes = new Uint8Array(end)
  for (const [index, { bytes }] of calls.entries())
    all_bytes.set(bytes, (byte_from[index] ?? 1) - 1)
  return { all_bytes, byte_from, byte_length }
}
