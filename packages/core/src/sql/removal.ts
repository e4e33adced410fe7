import type { SqlStatement } from './sql-statement.ts'

/** The statements that remove many rows in one step. */
export interface Removal<Parameters> {
  /** Names the transaction. */
  readonly name: string
  /** Locks the rows that are there, in the order in which all others lock them. */
  readonly lock: SqlStatement<Parameters, unknown>
  readonly remove: SqlStatement<Parameters, unknown>
  /** Returns a row if any is left. */
  readonly findLeft: SqlStatement<Parameters, unknown>
}
