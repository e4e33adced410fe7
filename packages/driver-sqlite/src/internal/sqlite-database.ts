import { setTimeout as delay } from 'node:timers/promises'
import { type Finding, HarborageError } from '@harborage/core'
import { currentOperation, turnIfHeld } from '@harborage/core/kit'
import {
  sqliteDialect,
  type MigrationLock,
  type NoTables,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'
import type BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { Checkpoints } from './checkpoints.ts'
import { PreparedConnection, type ReadStatement } from './prepared-connection.ts'
import { isBusy, translateSqliteError } from './sqlite-errors.ts'
import { PendingResult, WriteQueue, type WritePatience, type WriteScope } from './write-queue.ts'

const READ_PAUSE_MS = 5

/**
 * The engine port on one connection of better-sqlite3. Its calls are synchronous, so nothing else
 * of this process ever sees a transaction half done; only a migration, which Kysely runs
 * asynchronously, makes other calls wait.
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
  #closing: Promise<void> | undefined

  /** @param path The full path of its file, if it has one. */
  constructor(
    connection: BetterSqlite3.Database,
    path: string | undefined,
    patience: WritePatience,
  ) {
    this.#connection = new PreparedConnection(connection)
    this.#busyTimeoutMs = patience.busyTimeoutMs
    this.#checkpoints = path === undefined ? undefined : new Checkpoints(this.#connection, path)
    this.#writes = new WriteQueue(this.#connection, patience, this.#checkpoints)
    this.builder = new Kysely({ dialect: new SqliteDialect({ database: connection }) })
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    this.#assertOpen()
    // Reads that are answered at once would keep timers and signals from ever having their turn.
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const rows = this.#readNow(statement, values) ?? (await this.#readLater(statement, values))
    // The statement's type is the only thing that says what its rows are.
    return rows as readonly Row[]
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const values = statement.bind(parameters)
    return this.#write('statement', () => this.#connection.changes(statement, values))
  }

  async transaction<Result>(
    _traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    // There is nothing in between that an answer could be lost in.
    return this.#write('transaction', () => this.#connection.drive(work(false)))
  }

  /**
   * A migration keeps all others from writing, and reads go on beside it: it need not lock tables
   * one by one.
   */
  async migrate<Result>(
    _lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>()
    await this.#write('exclusive', () => {
      this.#connection.begin()
      // In the same breath, or a call that came in between would work within the migration's
      // transaction.
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

  /** Rows cannot be hidden, and no store has triggers here. */
  async inspect(): Promise<readonly Finding[]> {
    return []
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWhenIdle()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeWhenIdle(): Promise<void> {
    // Reads that wait for a turn of the event loop asked for it before.
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

  #write<Result>(scope: WriteScope, work: () => Result): Promise<Result> {
    this.#assertOpen()
    const write = new PendingResult(scope, work)
    this.#writes.add(write)
    return write.promise
  }

  /** Reads at once, or gives nothing if the read has to wait, which it rarely has to. */
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
