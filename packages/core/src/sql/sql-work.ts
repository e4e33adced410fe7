import type { CompiledSql } from './compiled-sql.ts'
import type { SqlStatement } from './sql-statement.ts'

/** One statement of a transaction, on its way to the engine. */
export interface SqlStep {
  readonly statement: CompiledSql
  readonly values: unknown[]
  /** Whether the engine answers with the rows or with how many rows were changed. */
  readonly answer: 'rows' | 'changes'
}

/**
 * The body of a transaction, as a generator that yields its statements: an engine with a synchronous client runs it
 * without giving way to other work, so that many bodies can share one commit, and any other engine awaits each answer.
 * Write `yield* selectRows(…)` where one would write `await`.
 *
 * Several statements may be yielded at once. They run one after the other all the same, but an engine with a network
 * in between sends them together. If one fails, none of their answers arrives.
 *
 * Works compose: one that is made of others, of several stores as well, is applied as a whole. See
 * `runWork`.
 */
export type SqlWork<Result> = Generator<readonly SqlStep[], Result, readonly SqlAnswer[]>

/** What the engine hands back for a step: the rows or the count that the step asked for. */
export type SqlAnswer = readonly unknown[] | number

/** Runs a statement in the transaction and gives its rows. */
export function* selectRows<Parameters, Row>(
  statement: SqlStatement<Parameters, Row>,
  parameters: Parameters,
): SqlWork<readonly Row[]> {
  const values = statement.bind(parameters)
  const [answer] = yield [{ statement, values, answer: 'rows' }]
  // The statement's type is the only thing that says what its rows are.
  return answer as readonly Row[]
}

/** Runs a statement in the transaction and gives the number of rows it changed. */
export function* changeRows<Parameters>(
  statement: SqlStatement<Parameters, unknown>,
  parameters: Parameters,
): SqlWork<number> {
  const values = statement.bind(parameters)
  const [answer] = yield [{ statement, values, answer: 'changes' }]
  return Number(answer)
}

/**
 * Runs several works in step, and gives their results in their order. What they ask for at the same time goes to the
 * engine at once, so that they take the round trips of the longest one only.
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
