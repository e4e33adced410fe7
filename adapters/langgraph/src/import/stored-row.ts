import { types } from 'node:util'
import { ImportError } from './import-error.ts'

/** A row of a table of LangGraph's own savers, each column checked when it is read. */
export class StoredRow {
  readonly #table: string
  readonly #threadId: string | undefined
  readonly #columns: ReadonlyMap<string, unknown>

  /** @param row What the client library returned. */
  constructor(table: string, threadId: string | undefined, row: unknown) {
    if (typeof row !== 'object' || row === null) throw unreadable(table, threadId)
    this.#table = table
    this.#threadId = threadId
    this.#columns = new Map<string, unknown>(Object.entries(row))
  }

  /** Returns a text. */
  text(column: string): string {
    const value = this.#columns.get(column)
    if (typeof value !== 'string') throw unreadable(this.#table, this.#threadId, column)
    return value
  }

  /** Returns a text, or `undefined` if the column is null or is not there. */
  optionalText(column: string): string | undefined {
    return this.isEmpty(column) ? undefined : this.text(column)
  }

  /** Returns what a text of JSON says. */
  json(column: string): unknown {
    try {
      return JSON.parse(this.text(column))
    } catch (cause) {
      throw unreadable(this.#table, this.#threadId, column, cause)
    }
  }

  /** Returns an integer. */
  integer(column: string): number {
    const value = this.#columns.get(column)
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number
    throw unreadable(this.#table, this.#threadId, column)
  }

  /** Returns what a serializer returned: bytes, or a text that someone stored instead of them. */
  serialized(column: string): Uint8Array | string {
    const value = this.#columns.get(column)
    if (typeof value === 'string') return value
    if (types.isUint8Array(value)) {
      // A Buffer has a JSON of its own.
      return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    }
    throw unreadable(this.#table, this.#threadId, column)
  }

  /** Returns whether the column is null or is not there. */
  isEmpty(column: string): boolean {
    return (this.#columns.get(column) ?? undefined) === undefined
  }
}

function unreadable(
  table: string,
  threadId: string | undefined,
  column?: string,
  cause?: unknown,
): ImportError {
  const place = column === undefined ? `a row of ${table}` : `the column ${column} of ${table}`
  return new ImportError(
    'import_unreadable',
    `${place} is not as LangGraph's savers write it: pass the database that the saver was opened with`,
    { threadId, ...(cause === undefined ? {} : { cause }) },
  )
}
