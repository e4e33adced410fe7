import { stat } from 'node:fs/promises'

import BetterSqlite3 from 'better-sqlite3'

/** The write-ahead log of an SQLite file. */
export class SqliteLog implements Disposable {
  readonly #connection: BetterSqlite3.Database
  readonly #path: string

  constructor(path: string) {
    this.#connection = new BetterSqlite3(path)
    this.#path = `${path}-wal`
  }

  /** Resolves to the bytes that go into the log meanwhile. */
  async grows(work: () => Promise<void>): Promise<number> {
    this.#connection.pragma('wal_checkpoint(TRUNCATE)')
    await work()
    const { size } = await stat(this.#path)
    return size
  }

  [Symbol.dispose](): void {
    this.#connection.close()
  }
}
