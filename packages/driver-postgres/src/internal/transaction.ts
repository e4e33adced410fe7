import { HarborageError } from '@harborage/core'
import type { SqlAnswer, SqlStep, SqlWork } from '@harborage/core/sql'
import type { AccessMode } from 'kysely'
import type pg from 'pg'
import { callerStatementFailure, PostgresFailure, statementFailure } from './postgres-failure.ts'
import { isIdle } from './client-pool.ts'
import { coalesceWrites, type StatementResult, type StatementRunner } from './connections.ts'

/** READ COMMITTED: a statement that waited for another transaction sees what that one committed. */
const BEGINNINGS: Readonly<Record<AccessMode, string>> = {
  'read write': 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  'read only': 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY',
}

/** The largest number of statements that are sent before awaiting their answers. */
const MAX_STEPS = 64

/** One transaction on one connection. */
export class Transaction {
  readonly #client: pg.PoolClient
  readonly #runner: StatementRunner
  readonly #pipelines: boolean
  readonly #begin: string

  /**
   * @param pipelines Whether the connection accepts a statement before it has answered the previous
   * one.
   * @param access Whether the server lets the transaction change anything.
   */
  constructor(
    client: pg.PoolClient,
    runner: StatementRunner,
    pipelines: boolean,
    access: AccessMode,
  ) {
    this.#client = client
    this.#runner = runner
    this.#pipelines = pipelines
    this.#begin = BEGINNINGS[access]
  }

  /** Runs the work and commits. Rolls back if it fails. */
  async run<Result>(work: SqlWork<Result>): Promise<Result> {
    const state = await this.#driveOrRollBack(work)
    if (state.done === true) {
      await this.#commit()
      return state.value
    }
    const answers = await this.#commitWith(state.value)
    return resultOf(advance(work, answers))
  }

  /** Drives the work to its end, or to its last steps. */
  async #driveOrRollBack<Result>(
    work: SqlWork<Result>,
  ): Promise<IteratorResult<readonly SqlStep[], Result>> {
    let state = advance(work, [])
    try {
      if (state.done === true || !this.#pipelines || this.#commitsWith(state.value)) {
        await this.#runner.command(this.#client, this.#begin)
      } else if (state.value.some(changes)) {
        state = advance(work, await this.#beginWith(state.value))
      } else {
        // A read may be sent before BEGIN is answered: it would be harmless without a transaction.
        coalesceWrites(this.#client)
        const begun = this.#runner.command(this.#client, this.#begin)
        const [answers] = await Promise.all([this.#answers(state.value), begun])
        state = advance(work, answers)
      }
      while (state.done !== true && !this.#commitsWith(state.value)) {
        state = advance(work, await this.#answers(state.value))
      }
      return state
    } catch (error) {
      const failure = statementFailure(error)
      // A lost connection has rolled back by itself.
      const isLost = failure.breaksConnection || !(await this.#rollBack())
      throw failure.beforeCommit(isLost)
    }
  }

  /** Sends BEGIN together with the first steps, and resolves to the answers of the steps. */
  async #beginWith(steps: readonly SqlStep[]): Promise<SqlAnswer[]> {
    const first = steps.slice(0, MAX_STEPS)
    const sent = this.#runner.begin(this.#client, this.#begin, first)
    const answers = await Promise.all(
      first.map((step, index) => this.#read(step, sent[index] ?? this.#run(step))),
    )
    const others = steps.slice(MAX_STEPS)
    return others.length === 0 ? answers : [...answers, ...(await this.#answers(others))]
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

  #answer(step: SqlStep): Promise<SqlAnswer> {
    return this.#read(step, this.#run(step))
  }

  #run({ statement, values, ofPart }: SqlStep): Promise<StatementResult> {
    return ofPart === undefined
      ? this.#runner.run(this.#client, statement, values)
      : this.#runner.runOnce(this.#client, statement, values)
  }

  /**
   * Resolves to the answer to a step. Checks that the transaction is still open after a statement
   * of a caller, unless COMMIT was sent together with it.
   */
  async #read(
    { answer, ofPart, isLast }: SqlStep,
    running: Promise<StatementResult>,
  ): Promise<SqlAnswer> {
    try {
      const { rows, rowCount } = await running
      if (ofPart !== undefined && isLast !== true && isIdle(this.#client)) throw ended()
      return answer === 'rows' ? rows : (rowCount ?? 0)
    } catch (error) {
      throw ofPart === undefined ? error : callerStatementFailure(error, ofPart)
    }
  }

  /** Returns whether COMMIT can be sent together with these steps. */
  #commitsWith(steps: readonly SqlStep[]): boolean {
    // All steps of the last yield of a work are its last.
    return this.#pipelines && steps.length <= MAX_STEPS && steps[0]?.isLast === true
  }

  /**
   * Sends the last steps and COMMIT together. If a step fails, the COMMIT of the failed transaction
   * rolls it back.
   */
  async #commitWith(steps: readonly SqlStep[]): Promise<SqlAnswer[]> {
    coalesceWrites(this.#client)
    const answering = Promise.allSettled(steps.map((step) => this.#answer(step)))
    const [committing] = await Promise.allSettled([this.#commit()])
    const answers: SqlAnswer[] = []
    for (const outcome of await answering) {
      if (outcome.status === 'fulfilled') answers.push(outcome.value)
      else {
        const failure = statementFailure(outcome.reason)
        // Without an answer to the step, COMMIT may have followed a success.
        throw failure.mayBeApplied ? failure : failure.beforeCommit()
      }
    }
    if (committing.status === 'rejected') throw committing.reason
    return answers
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

/** Returns the result of a work that has ended. */
function resultOf<Result>(state: IteratorResult<readonly SqlStep[], Result>): Result {
  if (state.done === true) return state.value
  throw new HarborageError(
    'driver_failed',
    'a work went on after its last steps, and its transaction was committed: report this to the author of the store',
  )
}

function changes({ answer }: SqlStep): boolean {
  return answer === 'changes'
}

function ended(): Error {
  return new Error('the statement has ended the transaction')
}
