import { readFileSync } from 'node:fs'

import BetterSqlite3 from 'better-sqlite3'

const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/**
 * Where the header of the log says how long a page is, and that of a frame how long the database is
 * after a commit.
 */
const PAGE_SIZE_AT = 8
const SIZE_AFTER_COMMIT_AT = 4

/**
 * Counts the commits of an SQLite file in its write-ahead log. Each of them is one fsync with full
 * durability. Its own open read keeps the log from being started anew.
 */
export class LogWatcher implements Disposable {
  readonly #reader: BetterSqlite3.Database
  readonly #path: string

  constructor(path: string) {
    this.#path = `${path}-wal`
    this.#reader = new BetterSqlite3(path)
    this.#reader.exec('begin; select count(*) from sqlite_schema')
  }

  /** Resolves to the number of commits during the work. */
  async commitsIn(work: () => Promise<unknown>): Promise<number> {
    const before = this.#commits()
    await work()
    return this.#commits() - before
  }

  #commits(): number {
    const log = readFileSync(this.#path)
    const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(PAGE_SIZE_AT)
    let commits = 0
    for (let at = LOG_HEADER_BYTES; at + frameBytes <= log.byteLength; at += frameBytes) {
      if (log.readUInt32BE(at + SIZE_AFTER_COMMIT_AT) > 0) commits += 1
    }
    return commits
  }

  [Symbol.dispose](): void {
    this.#reader.close()
  }
}
