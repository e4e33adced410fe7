import type { CompiledSql, SqlStatement } from './sql-statement.ts'

/** A statement of a transaction with its values. */
export interface SqlStep {
  readonly statement: CompiledSql
  readonly values: unknown[]
  /** Whether the engine answers with the rows or with the number of changed rows. */
  readonly answer: 'rows' | 'changes'
  /**
   * Set in every step of the last yield of a work: none of their answers
   * changes how it ends. An engine may send COMMIT together with them. Default: `false`.
   */
  readonly isLast?: boolean
  /**
   * The name of the part of a step whose statement it is, if the SQL is that of a caller. An engine
   * keeps no prepared form of it, and throws {@link callerStatementFailed} if the database refuses
   * it. Default: none.
   */
  readonly ofPart?: string
}

/**
 * The body of a transaction: a generator that yields statements and receives their answers. An
 * engine with a synchronous client runs it without interruption, which lets bodies share a commit.
 * Other engines await each answer. Write `yield* selectRows(…)` instead of `await`.
 *
 * Several statements may be yielded at once. They run one after the other, but an engine with a
 * network sends them together. If one fails, none of their answers arrives.
 *
 * Works compose: a work that consists of others, even of several stores, is applied as a whole. See
 * `runWork`.
 */
export type SqlWork<Result> = Generator<readonly SqlStep[], Result, readonly SqlAnswer[]>

/** The answer of the engine to a step: the rows or the number of changed rows. */
export type SqlAnswer = readonly unknown[] | number

/** Runs a statement in the transaction and returns its rows. */
export function* selectRows<Parameters, Row>(
  statement: SqlStatement<Parameters, Row>,
  parameters: Parameters,
): SqlWork<readonly Row[]> {
  const values = statement.bind(parameters)
  const [answer] = yield [{ statement, values, answer: 'rows' }]
  // Only the type of the statement knows the type of its rows.
  return answer as readonly Row[]
}

/** Runs a statement in the transaction and returns the number of rows it changed. */
export function* changeRows<Parameters>(
  statement: SqlStatement<Parameters, unknown>,
  parameters: Parameters,
): SqlWork<number> {
  const values = statement.bind(parameters)
  const [answer] = yield [{ statement, values, answer: 'changes' }]
  return Number(answer)
}

/**
 * Runs several works concurrently and returns their results in order. The statements that they
 * yield at the same time are sent together, so they take only as many round trips as the longest
 * work.
 */
export function* pipeline<Result>(works: readonly SqlWork<Result>[]): SqlWork<Result[]> {
  const runs = works.map((work) => ({ work, state: work.next([]) }))
  for (;;) {
    const steps = runs.flatMap(({ state }) => (state.done === true ? [] : state.value))
    if (steps.length === 0) break
    const answers = yield steps
    let from = 0
    for (const run of runs) {
      if (run.state.done === true) continue
      const to = from + run.state.value.length
      run.state = run.work.next(answers.slice(from, to))
      from = to
    }
  }
  return runs.flatMap(({ state }) => (state.done === true ? [state.value] : []))
}
