import type { Kysely } from 'kysely'
import type { TransactionTraits } from './sql-repeat.ts'
import type { SqlStatement } from './sql-statement.ts'
import type { SqlWork } from './sql-work.ts'

/** An engine knows no tables; a store brings its own with `$extendTables`. */
export type NoTables = Record<never, never>

/** What an engine offers to statements: it builds them and runs them. */
export interface SqlCalls {
  /**
   * Builds statements for {@link compileStatement}, after `$extendTables`. It is never used to run
   * them.
   */
  readonly builder: Kysely<NoTables>
  /** Runs one statement by itself, in one round trip, and gives its rows. */
  rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>
  /**
   * Runs one statement, in one round trip, and gives the number of rows it changed. Of a statement
   * that has a batch form, calls that come at the same time may be made as one, and each still ends
   * as if it had been made by itself.
   */
  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number>
  /**
   * Runs several statements in one transaction. `work` is called anew for each attempt, and told
   * whether one before it may have been applied because its answer was lost. Each statement sees
   * what was committed before it began.
   */
  transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result>
}
