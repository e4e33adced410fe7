import type { CompiledSql } from './compiled-sql.ts'
import type { ColumnTypes } from './table-spec.ts'

/** The form of a statement that makes many calls at once, each of which writes one row or none. */
export interface SqlBatch<Parameters> extends CompiledSql {
  /**
   * Returns the values of the statement for these calls, which are sorted by their first keys.
   *
   * @param lockTimeoutMs How long the statement waits for a row that another transaction keeps locked,
   * before it fails as a whole.
   */
  bindAll(calls: readonly Parameters[], lockTimeoutMs: number): unknown[]
  /**
   * The same for when conflicts are expected, at the cost of a look-up per call: it leaves out each
   * call in conflict with a row that is there, where the other form fails as a whole. It may still
   * fail where that row is just being written. Default: there is none.
   */
  readonly selective?: SqlBatch<Parameters> | undefined
  /**
   * Names a call within its batch, and also the row that it wrote by what the statement returns of
   * it.
   */
  nameOf(row: Parameters): string
}

/** What a batch is made of beside its SQL. */
export interface BatchRules<Parameters> extends Pick<SqlBatch<Parameters>, 'nameOf'> {
  readonly columns: ColumnTypes<keyof Parameters & string>
}
