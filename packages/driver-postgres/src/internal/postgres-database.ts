import { hash } from 'node:crypto'
import { StoreLifecycle, StoreUnavailableError } from '@harborage/core'
import {
  lockKey,
  type CompiledSql,
  type NoTables,
  type SqlAnswer,
  type SqlDatabase,
  type SqlStatement,
  type SqlStep,
  type SqlTraits,
  type SqlWork,
} from '@harborage/core/sql'
import { Kysely, sql } from 'kysely'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import type { ClientPool } from './client-pool.ts'
import { columnParsers } from './column-parsers.ts'
import { MigrationDialect } from './migration-dialect.ts'
import { statementFailure } from './postgres-failure.ts'
import { retry } from './retry.ts'
import { timedQuery } from './timed-query.ts'

/** The most characters of a statement's name that Postgres tells apart. */
const NAME_CHARACTERS = 63

/** The engine port on a pool of pg clients. */
export class PostgresDatabase implements SqlDatabase {
  readonly engine = 'postgres'
  readonly traits: SqlTraits = {
    nameType: 'text collate "C"',
    bytesType: 'bytea',
    textPosition: 'strpos',
    rowLocks: true,
  }
  readonly schema: string
  readonly builder: Kysely<NoTables>
  readonly #pool: ClientPool
  readonly #config: CheckedPostgresConfig
  readonly #lifecycle = new StoreLifecycle('Postgres database')
  readonly #migrations: Kysely<NoTables>
  readonly #names = new Map<CompiledSql, string>()

  constructor(pool: ClientPool, schema: string, config: CheckedPostgresConfig) {
    this.#pool = pool
    this.#config = config
    this.schema = schema
    this.#migrations = new Kysely({ dialect: new MigrationDialect(pool) })
    this.builder = this.#migrations.withSchema(schema)
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    const result = await this.#run('read', (client) => this.#query(client, statement, values))
    // The statement's type is the only thing that says what its rows are.
    return result.rows as readonly Row[]
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const values = statement.bind(parameters)
    const result = await this.#run('write', (client) => this.#query(client, statement, values))
    return result.rowCount ?? 0
  }

  async transaction<Result>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#run('write', async (client) => {
      await this.#command(client, 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE')
      const result = await this.#driveOrRollBack(client, work())
      await this.#commit(client)
      return result
    })
  }

  async migrate<Result>(
    lock: string,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#lifecycle.run(undefined, async () => {
      try {
        return await this.#migrations
          .transaction()
          // A snapshot of the whole transaction would be older than the lock and miss what others did before it.
          .setIsolationLevel('read committed')
          .setAccessMode('read write')
          .execute(async (transaction) => {
            await sql`select pg_advisory_xact_lock(${lockKey(lock)})`.execute(transaction)
            return work(transaction.withSchema(this.schema))
          })
      } catch (error) {
        throw statementFailure(error).error
      }
    })
  }

  close(): Promise<void> {
    return this.#lifecycle.close(() => this.#pool.close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #run<Result>(
    work: 'read' | 'write',
    call: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    return this.#lifecycle.run(undefined, () =>
      retry(this.#config.retryTimeoutMs, work, () => this.#withClient(call)),
    )
  }

  /** @throws PostgresFailure */
  async #withClient<Result>(call: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.acquire()
    let broken = false
    try {
      return await call(client)
    } catch (error) {
      const failure = statementFailure(error)
      broken = failure.breaksConnection
      throw failure
    } finally {
      this.#pool.release(client, broken)
    }
  }

  async #driveOrRollBack<Result>(client: pg.PoolClient, work: SqlWork<Result>): Promise<Result> {
    try {
      let step = work.next(0)
      while (step.done !== true) step = work.next(await this.#answer(client, step.value))
      return step.value
    } catch (error) {
      // A lost connection has rolled back by itself.
      if (!statementFailure(error).breaksConnection) await this.#command(client, 'ROLLBACK')
      throw error
    }
  }

  /** COMMIT of a transaction that failed before does not fail: it answers that it rolled back. */
  async #commit(client: pg.PoolClient): Promise<void> {
    const { command } = await this.#command(client, 'COMMIT')
    if (command !== 'COMMIT') {
      throw new StoreUnavailableError('Postgres rolled the transaction back: nothing was applied')
    }
  }

  async #answer(client: pg.PoolClient, step: SqlStep): Promise<SqlAnswer> {
    const result = await this.#query(client, step.statement, step.values)
    return step.answer === 'rows' ? result.rows : (result.rowCount ?? 0)
  }

  #command(client: pg.PoolClient, text: string): Promise<pg.QueryResult> {
    return client.query(timedQuery({ text }, this.#config.queryTimeoutMs))
  }

  #query(
    client: pg.PoolClient,
    statement: CompiledSql,
    values: readonly unknown[],
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    const query = {
      text: statement.sql,
      values: [...values],
      types: columnParsers,
      ...(this.#config.preparedStatements ? { name: this.#nameOf(statement) } : {}),
    }
    return client.query(timedQuery(query, this.#config.queryTimeoutMs))
  }

  /** A name that stands for one text only: two schemas may share a connection. */
  #nameOf(statement: CompiledSql): string {
    const known = this.#names.get(statement)
    if (known !== undefined) return known
    const digest = hash('sha256', statement.sql, 'hex').slice(0, 12)
    const name = `harbor_${statement.name}`.slice(0, NAME_CHARACTERS - digest.length - 1)
    const unique = `${name}_${digest}`
    this.#names.set(statement, unique)
    return unique
  }
}
