import { CheckpointThread } from './checkpoint-thread.ts'
import type { PreparedConnection } from './prepared-connection.ts'

/** The number of log pages at which SQLite itself would begin a checkpoint: 4 MiB. */
const MIN_DUE_PAGES = 1000

/**
 * The largest number of log pages at which a checkpoint is due: 16 MiB. A longer log copies
 * frequently written pages less often. Up to about this length a single block of its index finds a
 * page.
 */
const MAX_DUE_PAGES = 4000

/**
 * The number of log pages at which the thread is started, so that no checkpoint has to wait for it.
 */
const START_PAGES = MIN_DUE_PAGES / 2

/**
 * The log length is checked after this number of statements or bytes of blobs, a fraction of what
 * fills the log.
 */
const CHECK_AFTER_STATEMENTS = 16
const CHECK_AFTER_BYTES = 256 * 1024

/**
 * Makes a checkpoint when the write-ahead log has grown. SQLite itself would make it within a
 * commit, which would then block the event loop for three syncs instead of one. Here a thread makes
 * it. The thread is started when the log is half full, so most processes never need one.
 */
export class Checkpoints {
  readonly #connection: PreparedConnection
  readonly #path: string
  #thread: CheckpointThread | undefined
  #hasFailed = false
  /** The counters of the connection at the last check of the log. */
  #statementsSeen = 0
  #bytesSeen = 0
  /** The log pages at the last checkpoint, or 0 if the log was restarted since. */
  #pagesTried = 0
  /** The sum of the log pages of all checkpoints so far. */
  #pagesWritten = 0

  /** @param path The absolute path of the database file, which the thread opens later. */
  constructor(connection: PreparedConnection, path: string) {
    this.#connection = connection
    this.#path = path
    connection.checkpointInCommits(0)
  }

  /**
   * Begins a checkpoint if one is due, and returns a promise of its end. The caller should not
   * write until then: a log that grows meanwhile cannot restart, and would grow forever.
   */
  begin(): Promise<void> | undefined {
    if (this.#hasFailed || !this.#isTimeToCheck()) return undefined
    const pages = this.#connection.pagesInLog()
    if (pages < this.#pagesTried) this.#pagesTried = 0
    if (pages >= START_PAGES) this.#thread ??= this.#start()
    if (pages - this.#pagesTried < this.#duePages) return undefined
    this.#pagesWritten += pages - this.#pagesTried
    this.#pagesTried = pages
    return this.#thread?.checkpoint()
  }

  /**
   * The log pages at which a checkpoint is due. A growing file is slow to sync, so the log may
   * become as long as everything that was checkpointed before.
   */
  get #duePages(): number {
    return Math.min(Math.max(this.#pagesWritten, MIN_DUE_PAGES), MAX_DUE_PAGES)
  }

  #isTimeToCheck(): boolean {
    const { statementsRun, bytesBound } = this.#connection
    const isEnough =
      statementsRun - this.#statementsSeen >= CHECK_AFTER_STATEMENTS ||
      bytesBound - this.#bytesSeen >= CHECK_AFTER_BYTES
    if (isEnough) {
      this.#statementsSeen = statementsRun
      this.#bytesSeen = bytesBound
    }
    return isEnough
  }

  /** Returns the log pages that no checkpoint has copied yet, with their size. */
  log(): { readonly pages: number; readonly bytes: number } {
    return this.#connection.uncopiedLog()
  }

  /** Ends the thread, if there is one. */
  async close(): Promise<void> {
    await this.#thread?.close()
  }

  #start(): CheckpointThread | undefined {
    try {
      return new CheckpointThread(this.#path, () => this.#fail())
    } catch {
      this.#fail()
      return undefined
    }
  }

  /** Lets commits make the checkpoints if there is no thread, as in a bundle without its file. */
  #fail(): void {
    this.#hasFailed = true
    this.#connection.checkpointInCommits(MIN_DUE_PAGES)
  }
}
