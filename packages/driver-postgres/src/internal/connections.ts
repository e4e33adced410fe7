import { hash } from 'node:crypto'
import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { binaryArray } from './binary-array.ts'
import { isIdle, type ClientPool } from './client-pool.ts'
import type { ConnectionUse } from './connection-gate.ts'
import { columnParsers } from './column-parsers.ts'
import { foreignTransaction, queryTimeout, statementFailure } from './postgres-failure.ts'

/** The number of significant characters in the name of a statement. */
const NAME_CHARACTERS = 63

/** The number of bytes at which they are sent, so that the server can begin with them. */
const ENOUGH_BYTES = 16 * 1024

/** The answer of pg to a statement. */
export type StatementResult = pg.QueryResult<Record<string, unknown>>

interface Sent {
  name?: string
  readonly text: string
  readonly values?: unknown[]
  readonly queryMode?: 'extended'
  /** The parsers of this package, and not those of the caller's pool. */
  readonly types: typeof columnParsers
}

/** Sends statements on a connection, as prepared statements if the configuration allows it. */
export class StatementRunner {
  readonly #isPrepared: boolean
  readonly #timeoutMs: number
  /** Names of statements by their SQL: every opened store compiles its own. */
  readonly #names = new Map<string, string>()
  /** Connections that were ended because one of their statements was not answered. */
  readonly #silent = new WeakSet<pg.Client>()

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

  /**
   * Runs a statement of a caller, which is not prepared by name: its text may be another one each
   * time. With the extended protocol, which takes one statement only.
   */
  runOnce(client: pg.Client, { sql }: CompiledSql, values: unknown[]): Promise<StatementResult> {
    return this.#send(client, { text: sql, values, types: columnParsers, queryMode: 'extended' })
  }

  /** Runs a command without values, with the simple protocol. */
  command(client: pg.Client, text: string): Promise<StatementResult> {
    return this.#send(client, { text, types: columnParsers })
  }

  #send(client: pg.Client, query: Sent): Promise<StatementResult> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
    // The `query_timeout` of pg keeps the garbage of a query alive for longer, which costs a tenth
    // of a small save.
    const timer = setTimeout(() => {
      reject(queryTimeout(this.#timeoutMs))
      // Later statements on the connection wait for this answer, so they have to fail too.
      if (!client.pipeline) return
      this.#silent.add(client)
      client.connection.stream.destroy()
    }, this.#timeoutMs)
    // A callback saves two promises per query.
    client.query(query, (error: Error | null | undefined, result: StatementResult) => {
      clearTimeout(timer)
      if (error) reject(this.#silent.has(client) ? queryTimeout(this.#timeoutMs) : error)
      else resolve(result)
    })
    return promise
  }

  /** Returns a name that is unique to the SQL: two schemas may share a connection. */
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

/**
 * Combines what is written to a connection until the end of this tick: each separate write is a
 * system call and wakes the server.
 */
export function coalesceWrites({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked === 0) process.nextTick(() => stream.uncork())
  else if (stream.writableLength >= ENOUGH_BYTES) stream.uncork()
  else return
  stream.cork()
}

function encoded(value: unknown): unknown {
  return Array.isArray(value) ? binaryArray(value) : value
}

/** Runs a statement on one connection. */
export type RunStatement = (statement: CompiledSql, values: unknown[]) => Promise<StatementResult>

/** Shared connections, of which idle ones can be returned. */
export interface SharedConnections {
  readonly open: readonly unknown[]
  giveBackIdle(): void
}

/** Runs work on connections of the pool. */
export class Connections {
  readonly #pool: ClientPool
  readonly #runner: StatementRunner
  readonly #lanes: SharedConnections | undefined

  constructor(pool: ClientPool, runner: StatementRunner, lanes: SharedConnections | undefined) {
    this.#pool = pool
    this.#runner = runner
    this.#lanes = lanes
  }

  /** Whether long work gets a connection at once. */
  get haveRoomForLong(): boolean {
    return this.#pool.hasRoomFor('long')
  }

  /**
   * Runs statements on one connection.
   *
   * @throws PostgresFailure if one fails.
   */
  run<Result>(use: ConnectionUse, work: (run: RunStatement) => Promise<Result>): Promise<Result> {
    return this.withClient(use, (client) =>
      work((statement, values) => this.#runner.run(client, statement, values)),
    )
  }

  /**
   * Runs a statement on a connection for long work. Resolves to the number of changed rows.
   *
   * @throws PostgresFailure if it fails.
   */
  async changes(statement: CompiledSql, values: unknown[]): Promise<number> {
    const { rowCount } = await this.withClient('long', (client) =>
      this.#runner.run(client, statement, values),
    )
    return rowCount ?? 0
  }

  /**
   * Calls `work` with a connection and resolves to its result.
   *
   * @throws PostgresFailure if it fails.
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
      // Other code may have sent a BEGIN whose answer had not arrived when the client was taken.
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
