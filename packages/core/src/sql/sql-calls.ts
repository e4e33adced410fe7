import type { Kysely } from 'kysely'
import type { Repeat, SqlStatement } from './sql-statement.ts'
import type { SqlWork } from './sql-work.ts'

/**
 * The table types of an engine's builder, which knows no tables. A store adds its own with
 * `$extendTables`.
 */
export type NoTables = Record<never, never>

/** The keys and bytes of a transaction while it waits and until it ends. */
export interface WriteClaim {
  /** The keys that it may write or lock, as returned by `keysOf` of its statements. */
  readonly keys: readonly string[]
  /**
   * The keys that it only locks against changes. Those who share a key need not wait for one
   * another. Default: none.
   */
  readonly sharedKeys?: readonly string[]
  /** Its approximate size in bytes. */
  readonly bytes: number
}

/** The name of a transaction and how it may be repeated. */
export interface TransactionTraits {
  readonly name: string
  readonly repeat: Repeat
  /** What it writes. Default: nothing. */
  readonly claim?: WriteClaim
}

/** The calls of an engine: it builds statements and runs them. */
export interface SqlCalls {
  /**
   * The query builder for {@link compileStatement}, after `$extendTables`. It cannot run
   * statements.
   */
  readonly builder: Kysely<NoTables>
  /** Runs one statement by itself, in one round trip, and resolves to its rows. */
  rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>
  /**
   * Runs one statement, in one round trip, and resolves to the number of rows it changed.
   * Concurrent calls of a statement with a batch form may be sent as one. Each of them still ends
   * as if it ran by itself.
   */
  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number>
  /**
   * Runs several statements in one transaction and resolves to the result of `work`. Each statement
   * sees what was committed before it began.
   *
   * @param work Called for each attempt, with whether an earlier one may have been applied because
   * its answer was lost.
   */
  transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result>
}

/** The type of tables whose names and columns are known at runtime only. */
export type AnyTables = Record<string, Record<string, unknown>>

/** Returns a query builder for tables that are known at runtime only. */
export function forAnyTables(builder: Kysely<NoTables>): Kysely<AnyTables> {
  return builder.$extendTables<AnyTables>()
}
