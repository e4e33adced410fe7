import type { CompiledSql, SqlStatement } from './sql-statement.ts'

/** One statement of a transaction, on its way to the engine. */
export interface SqlStep {
  readonly statement: CompiledSql
  readonly values: readonly unknown[]
  /** Whether the engine answers with the rows or with how many rows were changed. */
  readonly answer: 'rows' | 'changes'
}

/**
 * The body of a transaction, as a generator that yields its statements: an engine with a synchronous client runs it
 * without giving way to other work, so that many bodies can share one commit, and any other engine awaits each step.
 * Write `yield* selectRows(…)` where one would write `await`.
 */
export type SqlWork<Result> = Generator<SqlStep, Result, SqlAnswer>

/** What the engine hands back for a step: the rows or the count that the step asked for. */
export type SqlAnswer = readonly unknown[] | number

/** Runs a statement in the transaction and gives its rows. */
export function* selectRows<Parameters, Row>(
  statement: SqlStatement<Parameters, Row>,
  parameters: Parameters,
): SqlWork<readonly Row[]> {
  const values = statement.bind(parameters)
  const answer = yield { statement, values, answer: 'rows' }
  // The statement's type is the only thing that says what its rows are.
  return answer as readonly Row[]
}

/** Runs a statement in the transaction and gives the number of rows it changed. */
export function* changeRows<Parameters>(
  statement: SqlStatement<Parameters, unknown>,
  parameters: Parameters,
): SqlWork<number> {
  const values = statement.bind(parameters)
  const answer = yield { statement, values, answer: 'changes' }
  return Number(answer)
}
