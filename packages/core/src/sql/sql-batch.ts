import type { CompiledSql } from './sql-statement.ts'
import type { ColumnTypes } from './table-spec.ts'

/**
 * The batch form of a statement. It makes many calls at once, each of which writes at most one row.
 */
export interface SqlBatch<Parameters> extends CompiledSql {
  /**
   * Returns the values of the statement for these calls, which are sorted by their first keys.
   *
   * @param lockTimeoutMs The time for which the statement waits for a locked row before it fails as
   * a whole.
   */
  bindAll(calls: readonly Parameters[], lockTimeoutMs: number): unknown[]
  /**
   * The form for calls that probably conflict, at the cost of a lookup per call: it leaves out
   * every call that conflicts with an existing row, where the other form fails as a whole. It may
   * still fail if that row is being written at the same time. Default: none.
   */
  readonly selective?: SqlBatch<Parameters> | undefined
  /**
   * Returns the name of a call within its batch. It also has to return that name for the row that
   * the statement returns for the call.
   */
  nameOf(row: Parameters): string
}

/** The parts of a batch besides its SQL. */
export interface BatchRules<Parameters> extends Pick<SqlBatch<Parameters>, 'nameOf'> {
  readonly columns: ColumnTypes<keyof Parameters & string>
}
