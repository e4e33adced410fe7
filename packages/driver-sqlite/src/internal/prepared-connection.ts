import type { CompiledSql, SqlAnswer, SqlStep, SqlWork, StatementTraits } from '@harborage/core/sql'
import type BetterSqlite3 from 'better-sqlite3'
import { isPassing, translateSqliteError } from './sqlite-errors.ts'

type Row = Record<string, unknown>
/** A statement that reads, with what is known of how much. */
export type ReadStatement = CompiledSql & Pick<StatementTraits<never>, 'isPointRead'>
type Prepared = BetterSqlite3.Statement<unknown[], Row>
/**
 * Whether something was in the way, how many pages the log has, and how many of them are copied.
 */
type LogState = readonly [busy: number, pages: number, copied: number]

/**
 * A connection of better-sqlite3 that prepares each statement once and runs the bodies of
 * transactions.
 */
export class PreparedConnection {
  /** How many statements were run since the connection was made. */
  statementsRun = 0
  /** How many bytes of blobs these statements were given. */
  bytesBound = 0
  readonly #connection: BetterSqlite3.Database
  /** By their text: each store that is opened compiles its statements anew. */
  readonly #prepared = new Map<string, Prepared>()
  readonly #begin: Prepared
  readonly #commit: Prepared
  readonly #rollBack: Prepared
  readonly #savepoint: Prepared
  readonly #release: Prepared
  readonly #rollBackToSavepoint: Prepared
  #readLog: BetterSqlite3.Statement<[], LogState> | undefined

  constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection
    this.#begin = connection.prepare('BEGIN IMMEDIATE')
    this.#commit = connection.prepare('COMMIT')
    this.#rollBack = connection.prepare('ROLLBACK')
    this.#savepoint = connection.prepare('SAVEPOINT work')
    this.#release = connection.prepare('RELEASE work')
    this.#rollBackToSavepoint = connection.prepare('ROLLBACK TO work')
  }

  /** `false` also once an error, such as that of a full disk, has ended a transaction by itself. */
  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  rows(statement: ReadStatement, values: readonly unknown[]): Row[] {
    this.statementsRun += 1
    const prepared = this.#prepare(statement)
    if (statement.isPointRead === true) {
      // Nothing is looked for after the only row that there can be.
      const row = prepared.get(...values)
      if (row === undefined) return []
      ownBytes(row)
      return [row]
    }
    const rows = prepared.all(...values)
    for (const row of rows) ownBytes(row)
    return rows
  }

  changes(statement: CompiledSql, values: readonly unknown[]): number {
    this.statementsRun += 1
    for (const value of values) {
      if (ArrayBuffer.isView(value)) this.bytesBound += value.byteLength
    }
    return this.#prepare(statement).run(...values).changes
  }

  /** Runs the body of a transaction to its end, without giving way to other work. */
  drive<Result>(work: SqlWork<Result>): Result {
    let step = work.next([])
    while (step.done !== true) step = this.#advance(work, step.value)
    return step.value
  }

  /** Takes the write lock, and fails at once if another connection holds it. */
  begin(): void {
    this.#begin.run()
  }

  commit(): void {
    this.#commit.run()
  }

  /** Does nothing where an error has ended the transaction already. */
  rollBack(): void {
    if (this.inTransaction) this.#rollBack.run()
  }

  /** Runs work in a transaction of its own: all of it is applied, or nothing. */
  transaction<Result>(work: () => Result): Result {
    this.begin()
    try {
      const result = work()
      this.commit()
      return result
    } finally {
      this.rollBack()
    }
  }

  /**
   * Runs work as a part of the transaction that is open: its failure undoes what it did and nothing
   * else.
   */
  savepoint<Result>(work: () => Result): Result {
    this.#savepoint.run()
    try {
      return work()
    } catch (error) {
      if (this.inTransaction) this.#rollBackToSavepoint.run()
      throw error
    } finally {
      if (this.inTransaction) this.#release.run()
    }
  }

  /** How many pages the write-ahead log has: 0 where it cannot be asked now, or there is none. */
  pagesInLog(): number {
    try {
      this.#readLog ??= this.#connection.prepare<[], LogState>('PRAGMA wal_checkpoint(NOOP)').raw()
      return Math.max(this.#readLog.get()?.[1] ?? 0, 0)
    } catch {
      return 0
    }
  }

  /** Lets each commit that finds so many pages in the log make a checkpoint; 0: none does. */
  checkpointInCommits(pages: number): void {
    if (this.#connection.open) this.#connection.pragma(`wal_autocheckpoint = ${pages}`)
  }

  close(): void {
    this.#connection.close()
  }

  #advance<Result>(
    work: SqlWork<Result>,
    steps: readonly SqlStep[],
  ): IteratorResult<readonly SqlStep[], Result> {
    let answers: SqlAnswer[]
    try {
      answers = []
      for (const step of steps) answers.push(this.#answer(step))
    } catch (error) {
      return work.throw(isPassing(error) ? error : translateSqliteError(error, 'write'))
    }
    return work.next(answers)
  }

  #answer({ statement, values, answer }: SqlStep): SqlAnswer {
    return answer === 'rows' ? this.rows(statement, values) : this.changes(statement, values)
  }

  #prepare({ sql }: CompiledSql): Prepared {
    const prepared = this.#prepared.get(sql)
    if (prepared !== undefined) return prepared
    const fresh = this.#connection.prepare<unknown[], Row>(sql)
    this.#prepared.set(sql, fresh)
    return fresh
  }
}

/**
 * Replaces each Buffer of a row by a plain Uint8Array: the caller's own, with nothing else behind
 * it.
 */
function ownBytes(row: Row): void {
  for (const column in row) {
    const value = row[column]
    if (ArrayBuffer.isView(value)) row[column] = plainBytes(value)
  }
}

/** The same memory if the Buffer is alone in it, else a copy. */
function plainBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  const view = new Uint8Array(buffer, byteOffset, byteLength)
  return buffer.byteLength === byteLength ? view : new Uint8Array(view)
}
