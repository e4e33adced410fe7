import { setTimeout as delay } from 'node:timers/promises'
import { currentOperation, StoreClosedError } from '@harborage/core'
import type {
  CompiledSql,
  NoTables,
  SqlAnswer,
  SqlDatabase,
  SqlStatement,
  SqlStep,
  SqlTraits,
  SqlWork,
} from '@harborage/core/sql'
import type BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { isBusy, translateSqliteError } from './sqlite-errors.ts'

/** How long to wait between two attempts to get the write lock, in milliseconds; the last one repeats. */
const BUSY_PAUSES_MS = [1, 2, 5, 10, 15, 20, 25] as const

/**
 * The engine port on one connection of better-sqlite3. Its calls are synchronous, so nothing else of this process ever
 * sees a transaction half done; only a migration, which Kysely runs asynchronously, makes other calls wait.
 */
export class SqliteDatabase implements SqlDatabase {
  readonly engine = 'sqlite'
  readonly traits: SqlTraits = {
    nameType: 'text',
    bytesType: 'blob',
    textPosition: 'instr',
    rowLocks: false,
    largeBytes: 'direct',
    columnCompression: false,
  }
  readonly schema = undefined
  readonly builder: Kysely<NoTables>
  readonly #connection: BetterSqlite3.Database
  readonly #busyTimeoutMs: number
  readonly #prepared = new Map<CompiledSql, BetterSqlite3.Statement<unknown[]>>()
  /** Calls that wait: for another process's lock or for a migration. */
  readonly #waiting = new Set<Promise<unknown>>()
  #migration: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(connection: BetterSqlite3.Database, busyTimeoutMs: number) {
    this.#connection = connection
    this.#busyTimeoutMs = busyTimeoutMs
    this.builder = new Kysely({ dialect: new SqliteDialect({ database: connection }) })
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    // The statement's type is the only thing that says what its rows are.
    return this.#run('read', () => this.#all(statement, values) as readonly Row[])
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const values = statement.bind(parameters)
    return this.#run('write', () => this.#prepare(statement).run(...values).changes)
  }

  async transaction<Result>(work: () => SqlWork<Result>): Promise<Result> {
    return this.#run('write', () => {
      this.#connection.exec('BEGIN IMMEDIATE')
      return this.#commitOrRollBack(() => this.#drive(work()))
    })
  }

  async migrate<Result>(
    _lock: string,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>()
    await this.#run('write', () => {
      this.#connection.exec('BEGIN IMMEDIATE')
      // In the same breath, or a call that came in between would write into the migration's transaction.
      this.#migration = promise
    })
    try {
      const result = await work(this.builder)
      this.#connection.exec('COMMIT')
      return result
    } catch (error) {
      throw translateSqliteError(error, 'write')
    } finally {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK')
      this.#migration = undefined
      resolve()
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
    await Promise.allSettled([...this.#waiting])
    // Nothing can begin any more; what waited last may have been a migration.
    await this.#migration
    this.#connection.close()
  }

  /** Runs at once if it can; that is nearly always. */
  async #run<Result>(work: 'read' | 'write', operation: () => Result): Promise<Result> {
    if (this.#closing !== undefined) {
      throw new StoreClosedError('this database is closed: open a new one for further calls')
    }
    if (this.#migration === undefined) {
      try {
        return operation()
      } catch (error) {
        if (!isBusy(error)) throw translateSqliteError(error, work)
      }
    }
    const waiting = this.#runWhenFree(work, operation)
    this.#waiting.add(waiting)
    return waiting.finally(() => this.#waiting.delete(waiting))
  }

  /** SQLite's own busy handler would block the event loop; this one lets other work go on. */
  async #runWhenFree<Result>(work: 'read' | 'write', operation: () => Result): Promise<Result> {
    const deadline = performance.now() + this.#busyTimeoutMs
    for (let attempt = 0; ; attempt += 1) {
      while (this.#migration !== undefined) await this.#migration
      try {
        return operation()
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) {
          throw translateSqliteError(error, work)
        }
      }
      const traced = currentOperation()
      if (traced !== undefined) traced.retries += 1
      await delay(BUSY_PAUSES_MS[Math.min(attempt, BUSY_PAUSES_MS.length - 1)])
    }
  }

  #commitOrRollBack<Result>(work: () => Result): Result {
    try {
      const result = work()
      this.#connection.exec('COMMIT')
      return result
    } finally {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK')
    }
  }

  #drive<Result>(work: SqlWork<Result>): Result {
    let step = work.next(0)
    while (step.done !== true) step = this.#advance(work, step.value)
    return step.value
  }

  #advance<Result>(work: SqlWork<Result>, step: SqlStep): IteratorResult<SqlStep, Result> {
    let answer: SqlAnswer
    try {
      answer = this.#answer(step)
    } catch (error) {
      return work.throw(isBusy(error) ? error : translateSqliteError(error, 'write'))
    }
    return work.next(answer)
  }

  #answer({ statement, values, answer }: SqlStep): SqlAnswer {
    return answer === 'rows'
      ? this.#all(statement, values)
      : this.#prepare(statement).run(...values).changes
  }

  #all(statement: CompiledSql, values: readonly unknown[]): unknown[] {
    return this.#prepare(statement)
      .all(...values)
      .map(ownBytes)
  }

  #prepare(statement: CompiledSql): BetterSqlite3.Statement<unknown[]> {
    const prepared = this.#prepared.get(statement)
    if (prepared !== undefined) return prepared
    const fresh = this.#connection.prepare<unknown[]>(statement.sql)
    this.#prepared.set(statement, fresh)
    return fresh
  }
}

/** Replaces each Buffer of a row by a plain Uint8Array: the caller's own, with nothing else behind it. */
function ownBytes(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  for (const [column, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) Reflect.set(row, column, plainBytes(value))
  }
  return row
}

/** The same memory if the Buffer is alone in it, else a copy. */
function plainBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  const view = new Uint8Array(buffer, byteOffset, byteLength)
  return buffer.byteLength === byteLength ? view : new Uint8Array(view)
}
