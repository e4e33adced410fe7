import { readFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'

const PAGE_BYTES = 4096

/** A statement with its values. */
export interface PagedStatement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/**
 * Returns how many pages of a database a statement reads that reads its rows. It needs Linux, and a
 * file whose write-ahead log was moved into it.
 */
export function pagesReadBy(path: string, { sql, values }: PagedStatement): number {
  // A new connection has cached no page.
  const connection = new BetterSqlite3(path, { readonly: true })
  const statement = connection.prepare(sql)
  const before = bytesReadByProcess()
  statement.all(...values)
  const read = bytesReadByProcess() - before
  connection.close()
  return Math.floor(read / PAGE_BYTES)
}

function bytesReadByProcess(): number {
  const [, count] = /^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? []
  return Number(count)
}
