import { hash } from 'node:crypto'
import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { binaryArray } from './binary-array.ts'
import { isIdle, type ClientPool, type ConnectionUse } from './client-pool.ts'
import { columnParsers } from './column-parsers.ts'
import { foreignTransaction, QUERY_TIMEOUT, statementFailure } from './postgres-failure.ts'

/** The most characters of a statement's name that Postgres tells apart. */
const NAME_CHARACTERS = 63

/** What pg answers to a statement. */
export type StatementResult = pg.QueryResult<Record<string, unknown>>

interface Sent {
  name?: string
  readonly text: string
  readonly values?: unknown[]
  /** The rows are read by this package's own parsers, not by those of the caller's pool. */
  readonly types: typeof columnParsers
}

/** Sends statements on a connection, each prepared on it by name if the configuration says so. */
export class StatementRunner {
  readonly #isPrepared: boolean
  readonly #timeoutMs: number
  /** By their text: each store that is opened compiles its statements anew. */
  readonly #names = new Map<string, string>()

  constructor(config: Pick<CheckedPostgresConfig, 'preparedStatements' | 'queryTimeoutMs'>) {
    this.#isPrepared = config.preparedStatements
    this.#timeoutMs = config.queryTimeoutMs
  }

  /** Runs a compiled statement. */
  run(client: pg.Client, statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    const query: Sent = {
      text: statement.sql,
      values: values.some(Array.isArray) ? values.map(encoded) : values,
      types: columnParsers,
    }
    if (this.#isPrepared) query.name = this.#nameOf(statement)
    return this.#send(client, query)
  }

  /** Runs a command that has no values, in the simple protocol. */
  command(client: pg.Client, text: string): Promise<StatementResult> {
    return this.#send(client, { text, types: columnParsers })
  }

  #send(client: pg.Client, query: Sent): Promise<StatementResult> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
    // The option of pg for this keeps the garbage of a query alive for longer, at a tenth of the cost of a small save.
    const timer = setTimeout(() => {
      reject(new Error(QUERY_TIMEOUT))
      // Those behind it on the same connection wait for the same answer.
      if (client.pipeline) client.connection.stream.destroy()
    }, this.#timeoutMs)
    // A callback spares two promises per query.
    client.query(query, (error: Error | null | undefined, result: StatementResult) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(result)
    })
    return promise
  }

  /** A name that stands for one text only: two schemas may share a connection. */
  #nameOf(statement: CompiledSql): string {
    const known = this.#names.get(statement.sql)
    if (known !== undefined) return known
    const digest = hash('sha256', statement.sql, 'hex').slice(0, 12)
    const name = `harbor_${statement.name}`.slice(0, NAME_CHARACTERS - digest.length - 1)
    const unique = `${name}_${digest}`
    this.#names.set(statement.sql, unique)
    return unique
  }
}

function encoded(value: unknown): unknown {
  return Array.isArray(value) ? binaryArray(value) : value
}

/** Runs a statement on one connection. */
export type RunStatement = (statement: CompiledSql, values: unknown[]) => Promise<StatementResult>

/** What shares connections, and gives back those that it has no use for. */
export interface SharedConnections {
  readonly open: readonly unknown[]
  giveBackIdle(): void
}

/** Takes connections out of the pool for some work, and gives them back. */
export class Connections {
  readonly #pool: ClientPool
  readonly #runner: StatementRunner
  readonly #lanes: SharedConnections | undefined

  constructor(pool: ClientPool, runner: StatementRunner, lanes: SharedConnections | undefined) {
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
   * Makes a statement on a connection on which it may wait for long, and returns how many rows it changed.
   *
   * @throws PostgresFailure
   */
  async changes(statement: CompiledSql, values: unknown[]): Promise<number> {
    const { rowCount } = await this.withClient('patient', (client) =>
      this.#runner.run(client, statement, values),
    )
    return rowCount ?? 0
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
    if (this.#lanes !== undefined && this.#lanes.open.length > 0) this.#lanes.giveBackIdle()
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
