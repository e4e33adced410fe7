import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { ClientPool } from './client-pool.ts'
import type { ConnectionUse } from './connection-gate.ts'
import { foreignTransaction, statementFailure } from './postgres-failure.ts'
import type { ReadLanes } from './read-lanes.ts'
import type { StatementResult, StatementRunner } from './statement-runner.ts'
import { isIdle } from './transaction-status.ts'

/** Runs a statement on one connection. */
export type RunStatement = (statement: CompiledSql, values: unknown[]) => Promise<StatementResult>

/** Takes connections out of the pool for some work, and gives them back. */
export class Connections {
  readonly #pool: ClientPool
  readonly #runner: StatementRunner
  readonly #lanes: ReadLanes | undefined

  /** @param lanes What shares connections and gives back those that it has no use for. */
  constructor(pool: ClientPool, runner: StatementRunner, lanes: ReadLanes | undefined) {
    this.#pool = pool
    this.#runner = runner
    this.#lanes = lanes
  }

  /** Whether work that may wait for long gets a connection at once. */
  get haveRoomForPatience(): boolean {
    return this.#pool.hasRoomFor('patient')
  }

  /**
   * Runs statements on a connection.
   *
   * @throws PostgresFailure
   */
  run<Result>(use: ConnectionUse, work: (run: RunStatement) => Promise<Result>): Promise<Result> {
    return this.withClient(use, (client) =>
      work((statement, values) => this.#runner.run(client, statement, values)),
    )
  }

  /**
   * Uses a connection.
   *
   * @throws PostgresFailure
   */
  async withClient<Result>(
    use: ConnectionUse,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    this.#lanes?.giveBackIdle()
    const client = await this.#pool.acquire(use)
    let broken = false
    try {
      const result = await work(client)
      // Other code may have begun a transaction that was not answered when the client was taken.
      if (!isIdle(client)) throw foreignTransaction()
      return result
    } catch (error) {
      const failure = statementFailure(error)
      broken = failure.breaksConnection
      throw failure
    } finally {
      this.#pool.release(client, broken, use)
    }
  }
}
