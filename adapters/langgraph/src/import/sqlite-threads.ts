import { invalidOption } from '@harborage/core/adapter'
import { hasMethod } from './import-options.ts'
import { goneCheckpoint, unreadableTable } from './import-error.ts'
import {
  checkedCheckpoint,
  checkedMetadata,
  type SerializerOption,
  SourceSerializer,
} from './source-serializer.ts'
import { NAME_COLUMNS, storedName, storedValue, storedWrites } from './stored-checkpoint.ts'
import { StoredRow } from './stored-row.ts'
import type {
  CheckpointName,
  SourceCheckpoint,
  SourceWrite,
  ThreadSource,
} from './thread-source.ts'

/**
 * What {@link sqliteThreads} needs of a SQLite database: a `Database` of better-sqlite3, such as
 * the `db` of a SqliteSaver, or a `DatabaseSync` of node:sqlite.
 */
export interface SqliteReader {
  /**
   * Prepares a query.
   *
   * @param sql The query, with `?` for each of its parameters.
   */
  prepare(sql: string): SqliteQuery
}

/** A query of a {@link SqliteReader}. */
export interface SqliteQuery {
  /**
   * Returns all rows.
   *
   * @param parameters The parameters of the query.
   */
  all(...parameters: string[]): unknown[]
}

/**
 * Returns the threads of a SQLite database that LangGraph's SqliteSaver wrote. It is only read.
 *
 * Unlike the methods of that saver, it keeps the index of each write, and bytes that are no text. A
 * thread whose id was given as a number has an id such as `1.0` there; here it is `1`.
 *
 * @param database Who opened it closes it, after the import.
 * @throws `invalid_config` if it is no database.
 */
export function sqliteThreads(
  database: SqliteReader,
  options: SerializerOption = {},
): ThreadSource {
  if (!hasMethod(database, 'prepare')) {
    throw invalidOption(
      'the source is no database: pass a Database of better-sqlite3 or a DatabaseSync of node:sqlite',
    )
  }
  return new SqliteThreads(database, new SourceSerializer(options))
}

const OF_CHECKPOINT = 'where thread_id = ? and checkpoint_ns = ? and checkpoint_id = ?'

class SqliteThreads implements ThreadSource {
  readonly #database: SqliteReader
  readonly #serializer: SourceSerializer

  constructor(database: SqliteReader, serializer: SourceSerializer) {
    this.#database = database
    this.#serializer = serializer
  }

  async *threadIds(): AsyncGenerator<string> {
    for (let stored = this.#threadAfter(); stored !== undefined; stored = this.#threadAfter(stored))
      yield this.#nameOf(stored)
  }

  async checkpointNames(threadId: string): Promise<readonly CheckpointName[]> {
    const stored = this.#storedId(threadId)
    const sql = `select ${NAME_COLUMNS} from checkpoints where thread_id = ?`
    return this.#rows(threadId, 'checkpoints', sql, stored).map((row) => storedName(row))
  }

  async readCheckpoint(
    threadId: string,
    { namespace, id }: CheckpointName,
  ): Promise<SourceCheckpoint> {
    const key = [this.#storedId(threadId), namespace, id]
    const sql = `select * from checkpoints ${OF_CHECKPOINT}`
    const [row] = this.#rows(threadId, 'checkpoints', sql, ...key)
    if (row === undefined) throw goneCheckpoint(threadId)
    const [stored, metadata, writes] = await Promise.all([
      storedValue(this.#serializer, threadId, row, 'checkpoint'),
      storedValue(this.#serializer, threadId, row, 'metadata'),
      this.#writes(threadId, key),
    ])
    return {
      parentId: row.optionalText('parent_checkpoint_id'),
      checkpoint: checkedCheckpoint(threadId, stored),
      metadata: checkedMetadata(threadId, metadata),
      writes,
    }
  }

  #writes(threadId: string, key: readonly string[]): Promise<readonly SourceWrite[]> {
    const sql = `select * from writes ${OF_CHECKPOINT}`
    const rows = this.#rows(threadId, 'writes', sql, ...key)
    return storedWrites(this.#serializer, threadId, rows, 'value')
  }

  /** Returns the id under which the saver stored a thread. */
  #storedId(threadId: string): string {
    const ofNumber = `${threadId}.0`
    const isNumber = /^\d+$/.test(threadId) && !this.#has(threadId) && this.#has(ofNumber)
    return isNumber ? ofNumber : threadId
  }

  /** Returns the id of a thread that the saver stored. */
  #nameOf(storedId: string): string {
    const [, number] = /^(\d+)\.0$/.exec(storedId) ?? []
    return number === undefined || this.#has(number) ? storedId : number
  }

  #has(storedId: string): boolean {
    const sql = 'select thread_id from checkpoints where thread_id = ? limit 1'
    return this.#rows(storedId, 'checkpoints', sql, storedId).length > 0
  }

  /** Returns the stored id of the first thread, or of the next one. */
  #threadAfter(storedId?: string): string | undefined {
    const from = 'select thread_id from checkpoints'
    const order = 'order by thread_id limit 1'
    const [row] =
      storedId === undefined
        ? this.#rows(undefined, 'checkpoints', `${from} ${order}`)
        : this.#rows(storedId, 'checkpoints', `${from} where thread_id > ? ${order}`, storedId)
    return row?.text('thread_id')
  }

  #rows(
    threadId: string | undefined,
    table: 'checkpoints' | 'writes',
    sql: string,
    ...parameters: readonly string[]
  ): readonly StoredRow[] {
    let rows: readonly unknown[]
    try {
      rows = this.#database.prepare(sql).all(...parameters)
    } catch (cause) {
      throw unreadableTable(table, threadId, cause)
    }
    return rows.map((row) => new StoredRow(table, threadId, row))
  }
}
