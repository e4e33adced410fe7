import {
  callerStatementFailed,
  type CompiledSql,
  type SqlAnswer,
  type SqlStep,
  type SqlWork,
  type StatementTraits,
} from '@harborage/core/sql'
import type BetterSqlite3 from 'better-sqlite3'
import { isPassing, translateSqliteError } from './sqlite-errors.ts'

type Row = Record<string, unknown>
/** A read statement, and whether it is a point read. */
export type ReadStatement = CompiledSql & Pick<StatementTraits<never>, 'isPointRead'>
type Prepared = BetterSqlite3.Statement<unknown[], Row>
/** The row of `PRAGMA wal_checkpoint`. */
type LogState = readonly [busy: number, pages: number, copied: number]

/** A connection of better-sqlite3 that prepares each statement once and runs transaction bodies. */
export class PreparedConnection {
  /** The number of statements run so far. */
  statementsRun = 0
  /** The number of bytes of blobs passed to these statements. */
  bytesBound = 0
  readonly #connection: BetterSqlite3.Database
  /** Prepared statements by their SQL: every opened store compiles its own. */
  readonly #prepared = new Map<string, Prepared>()
  readonly #begin: Prepared
  readonly #commit: Prepared
  readonly #rollBack: Prepared
  readonly #savepoint: Prepared
  readonly #release: Prepared
  readonly #rollBackToSavepoint: Prepared
  #readLog: BetterSqlite3.Statement<[], LogState> | undefined
  #pageSize: number | undefined

  constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection
    this.#begin = connection.prepare('BEGIN IMMEDIATE')
    this.#commit = connection.prepare('COMMIT')
    this.#rollBack = connection.prepare('ROLLBACK')
    this.#savepoint = connection.prepare('SAVEPOINT work')
    this.#release = connection.prepare('RELEASE work')
    this.#rollBackToSavepoint = connection.prepare('ROLLBACK TO work')
  }

  /** Whether a transaction is open. An error, such as a full disk, may have ended it. */
  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  /** Runs a read and returns its rows. */
  rows(statement: ReadStatement, values: readonly unknown[]): Row[] {
    this.statementsRun += 1
    const prepared = this.#prepare(statement)
    if (statement.isPointRead === true) {
      // `get` does not look for rows after the first, the only possible one.
      const row = prepared.get(...values)
      if (row === undefined) return []
      ownBytes(row)
      return [row]
    }
    const rows = prepared.all(...values)
    for (const row of rows) ownBytes(row)
    return rows
  }

  /** Runs a write and returns the number of changed rows. */
  changes(statement: CompiledSql, values: readonly unknown[]): number {
    this.statementsRun += 1
    for (const value of values) {
      if (ArrayBuffer.isView(value)) this.bytesBound += value.byteLength
    }
    return this.#prepare(statement).run(...values).changes
  }

  /** Runs the body of a transaction to its end, synchronously, and returns its result. */
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

  /** Rolls back, unless an error has already ended the transaction. */
  rollBack(): void {
    if (this.inTransaction) this.#rollBack.run()
  }

  /** Runs work in a transaction and returns its result. Rolls back if it fails. */
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
   * Runs work within the open transaction and returns its result. Its failure undoes only its own
   * changes.
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

  /**
   * Returns the number of pages in the write-ahead log, or 0 if it is unknown or there is no log.
   */
  pagesInLog(): number {
    return Math.max(this.#logState()?.[1] ?? 0, 0)
  }

  /** Returns the log pages that no checkpoint has copied yet, with their size. */
  uncopiedLog(): { readonly pages: number; readonly bytes: number } {
    const [, pages, copied] = this.#logState() ?? [0, 0, 0]
    const uncopied = Math.max(pages - copied, 0)
    if (uncopied === 0) return { pages: 0, bytes: 0 }
    this.#pageSize ??= Number(this.#connection.pragma('page_size', { simple: true }))
    return { pages: uncopied, bytes: uncopied * this.#pageSize }
  }

  /**
   * Sets the number of log pages from which on a commit makes a checkpoint. With 0, no commit makes
   * one.
   */
  checkpointInCommits(pages: number): void {
    if (this.#connection.open) this.#connection.pragma(`wal_autocheckpoint = ${pages}`)
  }

  #logState(): LogState | undefined {
    try {
      this.#readLog ??= this.#connection.prepare<[], LogState>('PRAGMA wal_checkpoint(NOOP)').raw()
      return this.#readLog.get()
    } catch {
      // As within a migration.
      return undefined
    }
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

  #answer({ statement, values, answer, ofPart }: SqlStep): SqlAnswer {
    if (ofPart !== undefined) return this.#changesOfCaller(statement, values, ofPart)
    return answer === 'rows' ? this.rows(statement, values) : this.changes(statement, values)
  }

  /** Runs a statement of a caller, and checks that the transaction is still open after it. */
  #changesOfCaller({ sql }: CompiledSql, values: readonly unknown[], part: string): number {
    this.statementsRun += 1
    try {
      // Not kept: its text may be another one each time.
      const prepared = this.#connection.prepare<unknown[], Row>(sql)
      const changed = prepared.reader
        ? prepared.all(...values).length
        : prepared.run(...values).changes
      if (!this.inTransaction) throw new Error('the statement has ended the transaction')
      return changed
    } catch (error) {
      throw isPassing(error) ? error : callerStatementFailed(error, part)
    }
  }

  #prepare({ sql }: CompiledSql): Prepared {
    const prepared = this.#prepared.get(sql)
    if (prepared !== undefined) return prepared
    const fresh = this.#connection.prepare<unknown[], Row>(sql)
    this.#prepared.set(sql, fresh)
    return fresh
  }
}

/** Replaces each Buffer of a row by a Uint8Array that shares no memory with anything else. */
function ownBytes(row: Row): void {
  for (const column in row) {
    const value = row[column]
    if (ArrayBuffer.isView(value)) row[column] = plainBytes(value)
  }
}

/** Returns the bytes without a copy if the Buffer does not share its memory, else a copy. */
function plainBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  const view = new Uint8Array(buffer, byteOffset, byteLength)
  return buffer.byteLength === byteLength ? view : new Uint8Array(view)
}
