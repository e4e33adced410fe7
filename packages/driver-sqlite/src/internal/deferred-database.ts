import { closeSync, existsSync, openSync } from 'node:fs'
import {
  type DatabaseGauges,
  type Finding,
  HarborageError,
  type PingOptions,
} from '@harborage/core'
import { answersWithin, checkPing } from '@harborage/core/kit'
import {
  SqlFailure,
  sqliteDialect,
  type MigrationLock,
  type NoTables,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
  type SqlWork,
  type StoredObjects,
  type TransactionTraits,
} from '@harborage/core/sql'
import type { Kysely } from 'kysely'
import { connect, useWal, type Connected, type ConnectionRules } from './connect.ts'
import { explain } from './examine-place.ts'
import { findMissingObjects } from './find-missing-objects.ts'
import { openedToRead } from './sqlite-errors.ts'
import { statementBuilder } from './statement-builder.ts'
import { bytesOf, type HeldContent } from './pending-write.ts'
import type { WritePatience } from './write-queue.ts'
import { SqliteDatabase } from './sqlite-database.ts'

const OWNER_ONLY = 0o600

const nothing: DatabaseGauges = {
  connectionsInUse: 0,
  connectionsIdle: 0,
  callsWaiting: 0,
  writesQueued: 0,
  writeBytesQueued: 0,
  logPages: 0,
  logBytes: 0,
}

/**
 * A database whose file does not exist yet, or is not in WAL mode. The first write changes that.
 * Reads change nothing, and find no tables without a file. So a store that only verifies its tables
 * leaves the place unchanged.
 */
export class DeferredDatabase implements SqlDatabase {
  readonly engine = 'sqlite'
  readonly dialect: SqlDialect = sqliteDialect
  readonly schema = undefined
  /** Only builds statements. Migrations get the builder of the connection. */
  readonly builder: Kysely<NoTables> = statementBuilder(() =>
    Promise.reject(new Error('this builder only builds statements')),
  )
  readonly #path: string
  readonly #rules: ConnectionRules
  readonly #patience: WritePatience
  /** The connection, once the file exists. */
  #connecting: Promise<Opened> | undefined
  /** The database on the connection, once there is one. */
  #readable: SqliteDatabase | undefined
  /** The database that gets all calls, once it accepts writes. */
  #ready: SqliteDatabase | undefined
  #preparing: Promise<SqliteDatabase> | undefined
  #closing: Promise<void> | undefined
  #pinging: Promise<SqliteDatabase> | undefined
  /** The reads that wait for the connection. */
  #waitingReads = 0
  /** The writes that wait until the database accepts them, and the bytes of their content. */
  #waitingWrites = 0
  #waitingBytes = 0

  /** @param connected The connection to the file, if there is one. */
  constructor(
    path: string,
    rules: ConnectionRules,
    patience: WritePatience,
    connected: Connected | undefined,
  ) {
    this.#path = path
    this.#rules = rules
    this.#patience = patience
    if (connected !== undefined) this.#connecting = Promise.resolve(this.#opened(connected))
  }

  rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return this.#ready?.rows(statement, parameters) ?? this.#readUnprepared(statement, parameters)
  }

  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return (
      this.#ready?.changes(statement, parameters) ??
      this.#whenPrepared(
        () => statement.bind(parameters),
        (database) => database.changes(statement, parameters),
      )
    )
  }

  transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return (
      this.#ready?.transaction(traits, work) ??
      this.#whenPrepared(
        () => traits.claim,
        (database) => database.transaction(traits, work),
      )
    )
  }

  migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return (
      this.#ready?.migrate(lock, work) ??
      this.#whenPrepared(
        () => undefined,
        (database) => database.migrate(lock, work),
      )
    )
  }

  /** Resolves to what is missing, and to nothing without a file: then no store was opened here. */
  async inspect(objects: StoredObjects): Promise<readonly Finding[]> {
    return existsSync(this.#path) ? findMissingObjects(this, objects) : []
  }

  /** Without a file there is nothing to ask: the first write makes one. */
  async ping(options?: PingOptions): Promise<void> {
    const timeoutMs = checkPing(options)
    if (this.#closing !== undefined) throw closed()
    if (this.#connecting === undefined && !existsSync(this.#path)) return
    await (this.#ready?.ping(options) ?? answersWithin(timeoutMs, this.#answer(timeoutMs)))
  }

  gauges(): DatabaseGauges {
    const gauges = (this.#ready ?? this.#readable)?.gauges() ?? nothing
    const { connectionsInUse, connectionsIdle } = gauges
    const isWaitedFor = this.#waitingWrites > 0
    return {
      ...gauges,
      connectionsInUse: connectionsInUse + (isWaitedFor ? connectionsIdle : 0),
      connectionsIdle: isWaitedFor ? 0 : connectionsIdle,
      callsWaiting: gauges.callsWaiting + this.#waitingReads,
      writesQueued: gauges.writesQueued + this.#waitingWrites,
      writeBytesQueued: gauges.writeBytesQueued + this.#waitingBytes,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#ready?.close() ?? this.#closeOpened()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeOpened(): Promise<void> {
    // Earlier calls finish first. A failure goes to their callers.
    await this.#preparing?.catch(() => {})
    const opened = await this.#connecting?.catch(() => {})
    await opened?.database.close()
  }

  async #readUnprepared<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    if (this.#closing !== undefined) throw closed()
    if (this.#connecting === undefined && !existsSync(this.#path)) {
      throw new SqlFailure('missing_table')
    }
    const database = await this.#whenConnected()
    return database.rows(statement, parameters)
  }

  async #answer(timeoutMs: number): Promise<void> {
    this.#pinging ??= this.#whenConnected().finally(() => (this.#pinging = undefined))
    const database = await this.#pinging
    await database.ping({ timeoutMs })
  }

  async #whenConnected(): Promise<SqliteDatabase> {
    this.#waitingReads += 1
    try {
      return (await this.#connected()).database
    } finally {
      this.#waitingReads -= 1
    }
  }

  /** Makes a write once the database accepts writes. */
  async #whenPrepared<Result>(
    holds: () => HeldContent | undefined,
    write: (database: SqliteDatabase) => Promise<Result>,
  ): Promise<Result> {
    const bytes = bytesOf(holds())
    this.#waitingWrites += 1
    this.#waitingBytes += bytes
    let database: SqliteDatabase
    try {
      database = await this.#prepared()
    } finally {
      this.#waitingWrites -= 1
      this.#waitingBytes -= bytes
    }
    return write(database)
  }

  /** Creates the file if it does not exist, and switches it to WAL mode. */
  #prepared(): Promise<SqliteDatabase> {
    if (this.#closing !== undefined) return Promise.reject(closed())
    if (this.#rules.readOnly) return Promise.reject(openedToRead())
    this.#preparing ??= this.#prepare().catch((error: unknown) => {
      this.#preparing = undefined
      throw error
    })
    return this.#preparing
  }

  async #prepare(): Promise<SqliteDatabase> {
    createDatabaseFile(this.#path)
    const { database, connection, isReady } = await this.#connected()
    if (!isReady) await useWal(connection, this.#rules)
    // Once closing has begun, only earlier calls may use it.
    if (this.#closing === undefined) this.#ready = database
    return database
  }

  #connected(): Promise<Opened> {
    this.#connecting ??= connect(this.#path, this.#rules).then(
      (connected) => this.#opened(connected),
      (error: unknown) => {
        this.#connecting = undefined
        throw error
      },
    )
    return this.#connecting
  }

  #opened(connected: Connected): Opened {
    const database = new SqliteDatabase(connected.connection, this.#path, this.#patience)
    this.#readable = database
    return { ...connected, database }
  }
}

/**
 * Creates the file of a new database, accessible to its owner only. Synchronously, so that no other
 * code of this process can have it open when it is closed here, which would drop the locks.
 *
 * @throws `invalid_config` or `store_unavailable` if it cannot be created.
 */
function createDatabaseFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'a', OWNER_ONLY))
  } catch (error) {
    throw explain(error).error
  }
}

function closed(): HarborageError {
  return new HarborageError(
    'store_closed',
    'this database is closed: open a new one for further calls',
  )
}

interface Opened extends Connected {
  readonly database: SqliteDatabase
}
