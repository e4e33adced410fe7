import { StoreLifecycle, type Finding } from '@harborage/core'
import {
  SqlFailure,
  type CompiledSql,
  type MigrationLock,
  type NoTables,
  type Repeat,
  type SqlDatabase,
  type SqlStatement,
  type SqlTraits,
  type SqlWork,
  type StoredObjects,
  type TransactionTraits,
} from '@harborage/core/sql'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import type { ClientPool } from './client-pool.ts'
import { readTableFacts, tableQuestion } from './findings/table-facts.ts'
import { missingObjects, tableFindings } from './findings/table-findings.ts'
import { MigrationRunner } from './migration-runner.ts'
import { foreignTransaction, statementFailure } from './postgres-failure.ts'
import { ReadLanes } from './read-lanes.ts'
import { retry } from './retry.ts'
import { StatementRunner, type StatementResult } from './statement-runner.ts'
import { isIdle } from './transaction-status.ts'
import { Transaction } from './transaction.ts'
import { hasBatch, WriteBatches, type BatchedStatement } from './write-batches.ts'

/** The engine port on a pool of pg clients. */
export class PostgresDatabase implements SqlDatabase {
  readonly engine = 'postgres'
  readonly traits: SqlTraits = {
    nameType: 'text collate "C"',
    bytesType: 'bytea',
    textPosition: 'strpos',
    rowLocks: true,
    largeBytes: 'base64_parts',
    columnCompression: true,
    batches: true,
    updatesWriteEveryIndex: true,
    plansByStatistics: true,
  }
  readonly schema: string
  readonly builder: Kysely<NoTables>
  readonly #pool: ClientPool
  readonly #retryTimeoutMs: number
  readonly #lifecycle = new StoreLifecycle('Postgres database')
  readonly #migrations: MigrationRunner
  readonly #runner: StatementRunner
  /** Only where a connection can be shared. */
  readonly #lanes: ReadLanes | undefined
  /** By the text of their statement: stores of one sort share them. */
  readonly #batches = new Map<string, WriteBatches>()

  constructor(pool: ClientPool, schema: string, config: CheckedPostgresConfig) {
    this.#pool = pool
    this.#retryTimeoutMs = config.retryTimeoutMs
    this.schema = schema
    this.#migrations = new MigrationRunner(pool, schema, config.migrationTimeoutMs)
    this.builder = this.#migrations.database.withSchema(schema)
    this.#runner = new StatementRunner(config)
    this.#lanes = pool.pipelines ? new ReadLanes(pool, this.#runner, config.max) : undefined
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    const isShort = statement.isPointRead === true || statement.isShortRead === true
    const lanes = isShort ? this.#lanes : undefined
    const result = await this.#run(statement.repeat, () =>
      lanes === undefined ? this.#runAlone(statement, values) : lanes.run(statement, values),
    )
    // The statement's type is the only thing that says what its rows are.
    return result.rows as readonly Row[]
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const make = this.#makerOf(statement, parameters)
    return this.#run(statement.repeat, (mayBeApplied) => (mayBeApplied ? repeated(make()) : make()))
  }

  async transaction<Result>(
    { repeat }: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return this.#run(repeat, (mayBeApplied) =>
      this.#withClient((client) =>
        new Transaction(client, this.#runner, this.#pool.pipelines).run(work(mayBeApplied)),
      ),
    )
  }

  async migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#lifecycle.run(undefined, () => this.#migrations.run(lock, work))
  }

  async inspect(objects: StoredObjects): Promise<readonly Finding[]> {
    const rows = await this.rows(tableQuestion, { schema: this.schema, names: objects.tables })
    const tables = rows.map(readTableFacts)
    return [...tableFindings(tables), ...missingObjects(tables, objects)]
  }

  close(): Promise<void> {
    return this.#lifecycle.close(() => {
      this.#lanes?.giveBackIdle()
      return this.#pool.close()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Gives what makes one attempt of a write. */
  #makerOf<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): () => Promise<number> {
    if (hasBatch(statement)) {
      const batches = this.#batchesOf(statement)
      return () => batches.changes(parameters)
    }
    const values = statement.bind(parameters)
    return async () => (await this.#runAlone(statement, values)).rowCount ?? 0
  }

  #run<Result>(
    repeat: Repeat,
    attempt: (mayBeApplied: boolean) => Promise<Result>,
  ): Promise<Result> {
    return this.#lifecycle.run(undefined, () => retry(this.#retryTimeoutMs, repeat, attempt))
  }

  /** @throws PostgresFailure */
  #runAlone(statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    return this.#withClient((client) => this.#runner.run(client, statement, values))
  }

  /** @throws PostgresFailure */
  async #withClient<Result>(call: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    this.#lanes?.giveBackIdle()
    const client = await this.#pool.acquire()
    let broken = false
    try {
      const result = await call(client)
      // Other code may have begun a transaction that was not answered when the client was taken.
      if (!isIdle(client)) throw foreignTransaction()
      return result
    } catch (error) {
      const failure = statementFailure(error)
      broken = failure.breaksConnection
      throw failure
    } finally {
      this.#pool.release(client, broken)
    }
  }

  #batchesOf(statement: BatchedStatement): WriteBatches {
    const known = this.#batches.get(statement.sql)
    if (known !== undefined) return known
    const batches = new WriteBatches(statement, (...query) => this.#runAlone(...query))
    this.#batches.set(statement.sql, batches)
    return batches
  }
}

/** @throws SqlFailure if the repetition of a write changes nothing: the attempt before may have. */
async function repeated(changing: Promise<number>): Promise<number> {
  const changed = await changing
  if (changed === 0) throw new SqlFailure('repeated')
  return changed
}
