import { setTimeout as delay } from 'node:timers/promises'
import {
  type DatabaseGauges,
  type Finding,
  HarborageError,
  type PingOptions,
} from '@harborage/core'
import { answersWithin, checkPing, currentOperation, turnIfHeld } from '@harborage/core/kit'
import {
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
import type BetterSqlite3 from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { Checkpoints } from './checkpoints.ts'
import { findMissingObjects } from './find-missing-objects.ts'
import { PreparedConnection, type ReadStatement } from './prepared-connection.ts'
import { isBusy, translateSqliteError } from './sqlite-errors.ts'
import { statementBuilder } from './statement-builder.ts'
import { PendingResult, type HeldContent, type WriteScope } from './pending-write.ts'
import { WriteQueue, type WritePatience } from './write-queue.ts'

const READ_PAUSE_MS = 5

/** Reads the first page of the file. */
const pingStatement: ReadStatement = {
  name: 'ping',
  sql: 'select count(*) as tables from sqlite_schema',
}

/**
 * The SQL engine on one connection of better-sqlite3. Its calls are synchronous, so no other call
 * of this process sees an unfinished transaction. Other calls wait only for a migration, which
 * Kysely runs asynchronously.
 */
export class SqliteDatabase implements SqlDatabase {
  readonly engine = 'sqlite'
  readonly dialect: SqlDialect = sqliteDialect
  readonly schema = undefined
  readonly builder: Kysely<NoTables>
  readonly #connection: PreparedConnection
  readonly #busyTimeoutMs: number
  readonly #checkpoints: Checkpoints | undefined
  readonly #writes: WriteQueue
  /** Reads that wait for another process's lock or a migration. */
  readonly #waitingReads = new Set<Promise<unknown>>()
  #migration: Promise<void> | undefined
  #pinging: Promise<unknown> | undefined
  #closing: Promise<void> | undefined

  /** @param path The absolute path of the file, if there is one. */
  constructor(
    connection: BetterSqlite3.Database,
    path: string | undefined,
    patience: WritePatience,
  ) {
    this.#connection = new PreparedConnection(connection)
    this.#busyTimeoutMs = patience.busyTimeoutMs
    this.#checkpoints = path === undefined ? undefined : new Checkpoints(this.#connection, path)
    this.#writes = new WriteQueue(this.#connection, patience, this.#checkpoints)
    this.builder = statementBuilder(connection)
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    this.#assertOpen()
    // Without this, synchronous reads could starve timers and signals.
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const rows = this.#readNow(statement, values) ?? (await this.#readLater(statement, values))
    // Only the type of the statement knows the type of its rows.
    return rows as readonly Row[]
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const values = statement.bind(parameters)
    return this.#write('statement', () => this.#connection.changes(statement, values), values)
  }

  async transaction<Result>(
    { claim }: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    // No answer can be lost within one process.
    return this.#write('transaction', () => this.#connection.drive(work(false)), claim)
  }

  /**
   * Runs a migration. It blocks all other writes, while reads continue, so it does not need to lock
   * tables.
   */
  async migrate<Result>(
    _lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>()
    await this.#write('exclusive', () => {
      this.#connection.begin()
      // Synchronously after `begin`: another call would otherwise run within this transaction.
      this.#writes.hold()
      this.#migration = promise
    })
    try {
      const result = await work(this.builder)
      this.#connection.commit()
      return result
    } catch (error) {
      throw translateSqliteError(error, 'write')
    } finally {
      this.#connection.rollBack()
      this.#migration = undefined
      this.#writes.release()
      resolve()
    }
  }

  /** Resolves to what is missing. SQLite has no hidden rows. */
  inspect(objects: StoredObjects): Promise<readonly Finding[]> {
    return findMissingObjects(this, objects)
  }

  async ping(options?: PingOptions): Promise<void> {
    const timeoutMs = checkPing(options)
    this.#assertOpen()
    this.#pinging ??= this.#readLater(pingStatement, []).finally(() => (this.#pinging = undefined))
    await answersWithin(timeoutMs, this.#pinging)
  }

  gauges(): DatabaseGauges {
    const isOpen = this.#closing === undefined
    const { writes, bytes } = this.#writes.size
    const log = this.#checkpoints?.log()
    return {
      connectionsInUse: isOpen && writes + this.#waitingReads.size > 0 ? 1 : 0,
      connectionsIdle: isOpen && writes + this.#waitingReads.size === 0 ? 1 : 0,
      callsWaiting: this.#waitingReads.size,
      writesQueued: writes,
      writeBytesQueued: bytes,
      ...(log !== undefined && { logPages: log.pages, logBytes: log.bytes }),
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWhenIdle()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeWhenIdle(): Promise<void> {
    // Lets reads that wait for a turn of the event loop go first.
    await turnIfHeld()
    await Promise.allSettled([this.#writes.idle(), ...this.#waitingReads])
    this.#connection.close()
    // Last, since SQLite makes a checkpoint when the last connection of a database closes.
    await this.#checkpoints?.close()
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new HarborageError(
        'store_closed',
        'this database is closed: open a new one for further calls',
      )
    }
  }

  #write<Result>(scope: WriteScope, work: () => Result, holds?: HeldContent): Promise<Result> {
    this.#assertOpen()
    const write = new PendingResult(scope, work, holds)
    this.#writes.add(write)
    return write.promise
  }

  /** Returns the rows, or `undefined` in the rare case that the read has to wait. */
  #readNow(statement: ReadStatement, values: readonly unknown[]): unknown[] | undefined {
    if (this.#migration !== undefined) return undefined
    try {
      return this.#connection.rows(statement, values)
    } catch (error) {
      if (isBusy(error)) return undefined
      throw translateSqliteError(error, 'read')
    }
  }

  #readLater(statement: ReadStatement, values: readonly unknown[]): Promise<unknown[]> {
    const waiting = this.#readWhenFree(statement, values)
    this.#waitingReads.add(waiting)
    return waiting.finally(() => this.#waitingReads.delete(waiting))
  }

  async #readWhenFree(statement: ReadStatement, values: readonly unknown[]): Promise<unknown[]> {
    const deadline = performance.now() + this.#busyTimeoutMs
    for (;;) {
      while (this.#migration !== undefined) await this.#migration
      try {
        return this.#connection.rows(statement, values)
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) {
          throw translateSqliteError(error, 'read')
        }
      }
      const traced = currentOperation()
      if (traced !== undefined) traced.retries += 1
      await delay(READ_PAUSE_MS)
    }
  }
}
