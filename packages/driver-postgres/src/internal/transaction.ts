import { HarborageError } from '@harborage/core'
import type { SqlAnswer, SqlStep, SqlWork } from '@harborage/core/sql'
import type pg from 'pg'
import { PostgresFailure, statementFailure } from './postgres-failure.ts'
import { coalesceWrites, type StatementRunner } from './connections.ts'

/** READ COMMITTED: a statement that waited for another transaction sees what that one committed. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'

/** The largest number of statements that are sent before awaiting their answers. */
const MAX_STEPS = 64

/** One transaction on one connection. */
export class Transaction {
  readonly #client: pg.PoolClient
  readonly #runner: StatementRunner
  readonly #pipelines: boolean

  /**
   * @param pipelines Whether the connection accepts a statement before it has answered the previous
   * one.
   */
  constructor(client: pg.PoolClient, runner: StatementRunner, pipelines: boolean) {
    this.#client = client
    this.#runner = runner
    this.#pipelines = pipelines
  }

  /** Runs the work and commits. Rolls back if it fails. */
  async run<Result>(work: SqlWork<Result>): Promise<Result> {
    const result = await this.#driveOrRollBack(work)
    await this.#commit()
    return result
  }

  async #driveOrRollBack<Result>(work: SqlWork<Result>): Promise<Result> {
    let state = advance(work, [])
    try {
      if (this.#pipelines) coalesceWrites(this.#client)
      const begun = this.#runner.command(this.#client, BEGIN)
      // A read may be sent before BEGIN is answered: it would be harmless without a transaction.
      if (state.done === true || !this.#pipelines || state.value.some(changes)) await begun
      while (state.done !== true) {
        const [answers] = await Promise.all([this.#answers(state.value), begun])
        state = advance(work, answers)
      }
      return state.value
    } catch (error) {
      const failure = statementFailure(error)
      // A lost connection has rolled back by itself.
      const isLost = failure.breaksConnection || !(await this.#rollBack())
      throw failure.beforeCommit(isLost)
    }
  }

  /**
   * Sends steps and resolves to their answers. Steps after a failed one fail as well, but the first
   * error wins.
   */
  async #answers(steps: readonly SqlStep[]): Promise<SqlAnswer[]> {
    const atOnce = this.#pipelines ? MAX_STEPS : 1
    const answers: SqlAnswer[] = []
    if (this.#pipelines && steps.length > 1) coalesceWrites(this.#client)
    for (let from = 0; from < steps.length; from += atOnce) {
      const sent = steps.slice(from, from + atOnce).map((step) => this.#answer(step))
      answers.push(...(await Promise.all(sent)))
    }
    return answers
  }

  async #answer({ statement, values, answer }: SqlStep): Promise<SqlAnswer> {
    const { rows, rowCount } = await this.#runner.run(this.#client, statement, values)
    return answer === 'rows' ? rows : (rowCount ?? 0)
  }

  /** Rolls back. Resolves to `true` if the connection can be used again. */
  async #rollBack(): Promise<boolean> {
    try {
      await this.#runner.command(this.#client, 'ROLLBACK')
      return true
    } catch {
      return false
    }
  }

  /** Commits. The COMMIT of a failed transaction does not fail: its answer is ROLLBACK. */
  async #commit(): Promise<void> {
    const { command } = await this.#runner.command(this.#client, 'COMMIT')
    if (command !== 'COMMIT') {
      throw new HarborageError(
        'store_unavailable',
        'Postgres rolled the transaction back: nothing was applied',
      )
    }
  }
}

/** Advances the work. Wraps errors that the work itself throws. */
function advance<Result>(
  work: SqlWork<Result>,
  answers: readonly SqlAnswer[],
): IteratorResult<readonly SqlStep[], Result> {
  try {
    return work.next(answers)
  } catch (error) {
    throw new PostgresFailure(error)
  }
}

function changes({ answer }: SqlStep): boolean {
  return answer === 'changes'
}
