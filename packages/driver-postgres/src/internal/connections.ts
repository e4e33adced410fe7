import { hash } from 'node:crypto'
import type { CompiledSql, SqlStep } from '@harborage/core/sql'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { binaryArray } from './binary-array.ts'
import { isIdle, type ClientPool } from './client-pool.ts'
import type { ConnectionUse } from './connection-gate.ts'
import { columnParsers } from './column-parsers.ts'
import { foreignTransaction, queryTimeout, statementFailure } from './postgres-failure.ts'
import { StatementGroup, type AnswerStatement } from './statement-group.ts'

/** The number of significant characters in the name of a statement. */
const NAME_CHARACTERS = 63

/** The number of bytes at which they are sent, so that the server can begin with them. */
const ENOUGH_BYTES = 16 * 1024

/** The answer of pg to a statement. */
export type StatementResult = pg.QueryResult<Record<string, unknown>>

interface Sent {
  readonly name?: string
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
  /** By their SQL: every opened store compiles its own statements. */
  readonly #prepared = new Map<string, Sent>()
  /** Connections that were ended because one of their statements was not answered. */
  readonly #silent = new WeakSet<pg.Client>()

  constructor(config: Pick<CheckedPostgresConfig, 'preparedStatements' | 'queryTimeoutMs'>) {
    this.#isPrepared = config.preparedStatements
    this.#timeoutMs = config.queryTimeoutMs
  }

  /** Runs a compiled statement. */
  run(client: pg.Client, statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    return this.#send(client, this.#sent(statement, values))
  }

  /**
   * Runs a statement of a caller, which is not prepared by name: its text may be another one each
   * time. With the extended protocol, which takes one statement only.
   */
  runOnce(client: pg.Client, statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    return this.#send(client, once(statement, values))
  }

  /**
   * Sends BEGIN with the first statements of a transaction, which fail together.
   *
   * @param begin The text of BEGIN.
   */
  begin(client: pg.Client, begin: string, steps: readonly SqlStep[]): Promise<StatementResult>[] {
    const waiting = steps.map(() => this.#waiting(client))
    const statements = steps.map(({ statement, values, ofPart }, index) => ({
      config: ofPart === undefined ? this.#sent(statement, values) : once(statement, values),
      answer: waiting[index]?.answer ?? (() => {}),
    }))
    client.query(new StatementGroup(begin, statements))
    return waiting.map(({ promise }) => promise)
  }

  /** Runs a command without values, with the simple protocol. */
  command(client: pg.Client, text: string): Promise<StatementResult> {
    return this.#send(client, { text, types: columnParsers })
  }

  /**
   * Returns a statement with values. The rest is in its prototype: pg clones the properties of its
   * own for each query, which takes 1 µs for each of them.
   */
  #sent(statement: CompiledSql, values: unknown[]): Sent {
    const sent: unknown = Object.create(this.#prepare(statement))
    return Object.assign(sent as Sent, {
      values: values.some(Array.isArray) ? values.map(encoded) : values,
    })
  }

  #prepare(statement: CompiledSql): Sent {
    const known = this.#prepared.get(statement.sql)
    if (known !== undefined) return known
    const text = statement.sql
    const prepared = this.#isPrepared
      ? { text, types: columnParsers, name: uniqueName(statement) }
      : { text, types: columnParsers }
    this.#prepared.set(text, prepared)
    return prepared
  }

  #send(client: pg.Client, query: Sent): Promise<StatementResult> {
    const { promise, answer } = this.#waiting(client)
    // A callback saves two promises per query.
    client.query(query, answer)
    return promise
  }

  /** Returns the promise of an answer, which fails if there is none in time. */
  #waiting(client: pg.Client): {
    readonly promise: Promise<StatementResult>
    readonly answer: AnswerStatement
  } {
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
    return {
      promise,
      answer: (error, result) => {
        clearTimeout(timer)
        if (error) reject(this.#silent.has(client) ? queryTimeout(this.#timeoutMs) : error)
        else resolve(result)
      },
    }
  }
}

/** Returns a name that is unique to the SQL: two schemas may share a connection. */
function uniqueName({ name, sql }: CompiledSql): string {
  const digest = hash('sha256', sql, 'hex').slice(0, 12)
  return `${`harbor_${name}`.slice(0, NAME_CHARACTERS - digest.length - 1)}_${digest}`
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

/** Returns a statement that is not prepared by name. */
function once({ sql }: CompiledSql, values: unknown[]): Sent {
  return { text: sql, values, types: columnParsers, queryMode: 'extended' }
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
