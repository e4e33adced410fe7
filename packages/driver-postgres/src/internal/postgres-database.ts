import type { DatabaseGauges, Finding, PingOptions } from '@harborage/core'
import { CallGate, checkPing } from '@harborage/core/kit'
import {
  postgresDialect,
  SqlFailure,
  type MigrationLock,
  type NoTables,
  type Repeat,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
  type SqlWork,
  type StoredObjects,
  type TransactionTraits,
  type WriteClaim,
} from '@harborage/core/sql'
import type { AccessMode, Kysely } from 'kysely'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { MAX_CALL_BYTES } from './batch-limits.ts'
import type { ClientPool } from './client-pool.ts'
import { Connections, StatementRunner } from './connections.ts'
import {
  readTableFacts,
  tableQuery,
  missingObjects,
  tableFindings,
} from './findings/inspect-tables.ts'
import { plainTableQuery, readPlainTables } from './findings/plain-tables.ts'
import { MigrationRunner } from './migration-runner.ts'
import { Ping } from './ping.ts'
import { openedToRead } from './postgres-failure.ts'
import { ReadLanes } from './read-lanes.ts'
import { retry } from './retry.ts'
import { StatementBatches, type BatchedStatement } from './statement-batches.ts'
import { Transaction } from './transaction.ts'
import { WriteOrder, type LazyClaim, type QueuedWrite } from './write-order.ts'

const NOTHING: WriteClaim = { keys: [], bytes: 0 }

const closedGauges: DatabaseGauges = {
  connectionsInUse: 0,
  connectionsIdle: 0,
  callsWaiting: 0,
  writesQueued: 0,
  writeBytesQueued: 0,
}

/** The Postgres engine on a pool of pg clients. */
export class PostgresDatabase implements SqlDatabase {
  readonly engine = 'postgres'
  readonly dialect: SqlDialect = postgresDialect
  readonly schema: string
  readonly builder: Kysely<NoTables>
  readonly #pool: ClientPool
  readonly #retryTimeoutMs: number
  /** Whether it refuses changes before they are sent, also where the server does not. */
  readonly #isReadOnly: boolean
  readonly #access: AccessMode
  readonly #gate = new CallGate({ name: 'Postgres database' })
  readonly #migrations: MigrationRunner
  readonly #runner: StatementRunner
  readonly #connections: Connections
  readonly #ping: Ping
  readonly #order: WriteOrder
  /** Only if connections can be shared. */
  readonly #lanes: ReadLanes | undefined
  /** By the SQL of their statement: stores of the same kind share them. */
  readonly #batches = new Map<string, StatementBatches>()
  #isClosed = false

  constructor(pool: ClientPool, schema: string, config: CheckedPostgresConfig) {
    this.#pool = pool
    this.#retryTimeoutMs = config.retryTimeoutMs
    this.#isReadOnly = config.readOnly
    this.#access = config.readOnly ? 'read only' : 'read write'
    this.schema = schema
    this.#migrations = new MigrationRunner(pool, schema, config.migrationTimeoutMs, this.#access)
    this.builder = this.#migrations.database.withSchema(schema)
    this.#runner = new StatementRunner(config)
    this.#order = new WriteOrder(config.maxWaitingBytes, config.connectionTimeoutMs)
    this.#lanes = pool.pipelines ? new ReadLanes(pool, this.#runner, config.max) : undefined
    this.#connections = new Connections(pool, this.#runner, this.#lanes)
    this.#ping = new Ping(this.#connections)
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    const isShort = statement.isPointRead === true || statement.isShortRead === true
    const lanes = isShort ? this.#lanes : undefined
    this.#gate.enter()
    try {
      // A journal appends with a statement that returns rows.
      if (this.#isReadOnly && statement.repeat !== 'reads') throw openedToRead()
      const { rows } = await this.#attempt(statement.repeat, () =>
        lanes === undefined
          ? this.#connections.run('short', (run) => run(statement, values))
          : lanes.run(statement, values),
      )
      // Only the type of the statement knows the type of its rows.
      return rows as readonly Row[]
    } finally {
      this.#gate.leave()
    }
  }

  // Not async: a promise of its own around that of the write would cost three turns of the queue.
  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const bytes = statement.sizeOf?.(parameters) ?? 0
    const claim = {
      keys: () => statement.keysOf?.(parameters) ?? [],
      sharedKeys: () => statement.sharedKeysOf?.(parameters) ?? [],
      bytes,
    }
    if (hasBatch(statement) && bytes < MAX_CALL_BYTES) {
      const batches = this.#batchesOf(statement)
      return this.#write(claim, statement.repeat, (mayBeApplied, queued) => {
        const mayRunDirectly = statement.isGathered !== true
        const changing =
          mayRunDirectly && this.#canRunDirectly(queued, batches)
            ? this.#changeDirectly(statement, parameters, batches)
            : batches.changes(parameters, bytes, queued)
        return mayBeApplied ? repeated(changing) : changing
      })
    }
    const values = statement.bind(parameters)
    return this.#write(claim, statement.repeat, (mayBeApplied) => {
      const changing = this.#connections.changes(statement, values)
      return mayBeApplied ? repeated(changing) : changing
    })
  }

  async transaction<Result>(
    { repeat, claim: { keys, sharedKeys = [], bytes } = NOTHING }: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    const claim = { keys: () => keys, sharedKeys: () => sharedKeys, bytes }
    return this.#write(claim, repeat, (mayBeApplied) =>
      this.#connections.withClient('long', (client) =>
        new Transaction(client, this.#runner, this.#pool.pipelines, this.#access).run(
          work(mayBeApplied),
        ),
      ),
    )
  }

  async migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#gate.run(undefined, async () => {
      if (this.#isReadOnly) throw openedToRead()
      return this.#migrations.run(lock, work)
    })
  }

  async inspect(objects: StoredObjects): Promise<readonly Finding[]> {
    const selection = { schema: this.schema, names: objects.tables }
    const plain = readPlainTables(await this.rows(plainTableQuery, selection))
    const tables = plain ?? (await this.rows(tableQuery, selection)).map(readTableFacts)
    return [...tableFindings(tables), ...missingObjects(tables, objects)]
  }

  async ping(options?: PingOptions): Promise<void> {
    const timeoutMs = checkPing(options)
    return this.#gate.run(undefined, () => this.#ping.run(timeoutMs))
  }

  gauges(): DatabaseGauges {
    // A pool of the caller's goes on without this database.
    if (this.#isClosed) return closedGauges
    const { inUse, idle, waiting } = this.#pool
    const { writes, bytes } = this.#order.size
    return {
      connectionsInUse: inUse,
      connectionsIdle: idle,
      callsWaiting: waiting,
      writesQueued: writes,
      writeBytesQueued: bytes,
    }
  }

  close(): Promise<void> {
    return this.#gate.close(() => {
      this.#lanes?.giveBackIdle()
      this.#isClosed = true
      return this.#pool.close()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #write<Result>(
    claim: LazyClaim,
    repeat: Repeat,
    attempt: (mayBeApplied: boolean, queued: QueuedWrite) => Promise<Result>,
  ): Promise<Result> {
    this.#gate.enter()
    try {
      if (this.#isReadOnly) throw openedToRead()
      return await this.#order.run(claim, (queued) =>
        this.#attempt(repeat, (mayBeApplied) => attempt(mayBeApplied, queued)),
      )
    } finally {
      this.#gate.leave()
    }
  }

  /** Makes an attempt, and further ones after transient failures. */
  async #attempt<Result>(
    repeat: Repeat,
    attempt: (mayBeApplied: boolean) => Promise<Result>,
  ): Promise<Result> {
    const deadline = performance.now() + this.#retryTimeoutMs
    try {
      return await attempt(false)
    } catch (error) {
      return retry(error, deadline, repeat, attempt)
    }
  }

  /** Returns whether a call may be sent directly: there is no other to batch it with. */
  #canRunDirectly(queued: QueuedWrite, batches: StatementBatches): boolean {
    const { directSince, mayHaveWaiting } = batches.activity
    return (
      directSince === undefined &&
      (!mayHaveWaiting || batches.allowsDirect(queued)) &&
      this.#connections.haveRoomForLong
    )
  }

  /** Sends a call directly, while others wait to form a batch. */
  async #changeDirectly<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
    batches: StatementBatches,
  ): Promise<number> {
    const { activity } = batches
    activity.directSince = performance.now()
    try {
      return await this.#connections.changes(statement, statement.bind(parameters))
    } finally {
      activity.directSince = undefined
      if (activity.mayHaveWaiting) batches.directEnded()
    }
  }

  #batchesOf(statement: BatchedStatement): StatementBatches {
    const known = this.#batches.get(statement.sql)
    if (known !== undefined) return known
    const batches = new StatementBatches(statement, this.#connections)
    this.#batches.set(statement.sql, batches)
    return batches
  }
}

function hasBatch(statement: SqlStatement<unknown, unknown>): statement is BatchedStatement {
  return statement.batch !== undefined
}

/**
 * Waits for a repeated write.
 *
 * @throws SqlFailure if it changed nothing: the earlier attempt may have.
 */
async function repeated(changing: Promise<number>): Promise<number> {
  const changed = await changing
  if (changed === 0) throw new SqlFailure('repeated')
  return changed
}
