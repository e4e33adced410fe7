import { CheckpointThread } from './checkpoint-thread.ts'
import type { PreparedConnection } from './prepared-connection.ts'

/** So many pages in the log make SQLite itself begin a checkpoint: 4 MiB. */
const FEWEST_DUE_PAGES = 1000

/**
 * A longer log has pages that are written often copied once: 16 MiB, and about what the first block
 * of its index holds, in which a page is found in one step.
 */
const MOST_DUE_PAGES = 4000

/** The thread is started before, so that nothing has to wait for it to begin. */
const START_PAGES = FEWEST_DUE_PAGES / 2

/**
 * The log is looked at after so many statements, or bytes of blobs: a fraction of what fills it.
 */
const LOOK_AFTER_STATEMENTS = 16
const LOOK_AFTER_BYTES = 256 * 1024

/**
 * Has the write-ahead log copied into the database when it has grown. SQLite would do so within a
 * commit, which then holds the event loop for three syncs of the disk instead of one; here a thread
 * does it, which most processes never need: it is started when the log is half full.
 */
export class Checkpoints {
  readonly #connection: PreparedConnection
  readonly #path: string
  #thread: CheckpointThread | undefined
  #hasFailed = false
  /** What the connection had done when the log was looked at. */
  #statementsSeen = 0
  #bytesSeen = 0
  /** How many pages were in the log at the last checkpoint, unless it has begun anew since. */
  #pagesTried = 0
  /** How many pages the checkpoints so far were made for. */
  #pagesWritten = 0

  /** @param path The database file, as a full path: the thread opens it later. */
  constructor(connection: PreparedConnection, path: string) {
    this.#connection = connection
    this.#path = path
    connection.checkpointInCommits(0)
  }

  /**
   * Begins a checkpoint if one is due. Until it is over nothing should be written: a log that grows
   * meanwhile cannot begin anew, and would never stop growing.
   */
  begin(): Promise<void> | undefined {
    if (this.#hasFailed || !this.#isTimeToLook()) return undefined
    const pages = this.#connection.pagesInLog()
    if (pages < this.#pagesTried) this.#pagesTried = 0
    if (pages >= START_PAGES) this.#thread ??= this.#start()
    if (pages - this.#pagesTried < this.#duePages) return undefined
    this.#pagesWritten += pages - this.#pagesTried
    this.#pagesTried = pages
    return this.#thread?.checkpoint()
  }

  /**
   * A file is slow to sync while it grows, so the log becomes as long as what was written before at
   * most.
   */
  get #duePages(): number {
    return Math.min(Math.max(this.#pagesWritten, FEWEST_DUE_PAGES), MOST_DUE_PAGES)
  }

  #isTimeToLook(): boolean {
    const { statementsRun, bytesBound } = this.#connection
    const isEnough =
      statementsRun - this.#statementsSeen >= LOOK_AFTER_STATEMENTS ||
      bytesBound - this.#bytesSeen >= LOOK_AFTER_BYTES
    if (isEnough) {
      this.#statementsSeen = statementsRun
      this.#bytesSeen = bytesBound
    }
    return isEnough
  }

  /** Closes the connection of the thread, if there is one. */
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

  /**
   * Where no thread can be had, as in a bundle that lacks its file, commits make the checkpoints.
   */
  #fail(): void {
    this.#hasFailed = true
    this.#connection.checkpointInCommits(FEWEST_DUE_PAGES)
  }
}
