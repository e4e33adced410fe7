// Not the global ones: with fake timers in a caller's test, nothing would ever be written.
import { setImmediate, setTimeout } from 'node:timers'
import type { Checkpoints } from './checkpoints.ts'
import type { PreparedConnection } from './prepared-connection.ts'
import { bytesOf, type PendingWrite } from './pending-write.ts'
import { isBusy, isPassing } from './sqlite-errors.ts'

/** The pauses between attempts of the same write, in milliseconds. The last one repeats. */
const PAUSES_MS = [1, 2, 5, 10, 15, 20, 25] as const

/**
 * The limits of one commit. The write that reaches a limit is its last one. They are counts and not
 * times, so that grouping does not depend on the speed of the machine.
 */
const MAX_STATEMENTS = 256
const MAX_BYTES = 1024 * 1024

/** The place in a turn of the event loop. `setImmediate` calls back at its end. */
type PlaceInTurn = 'anywhere' | 'at its end'

/** The time limits for retrying a write, in milliseconds after the call. */
export interface WritePatience {
  /** The limit while another connection holds the write lock. */
  readonly busyTimeoutMs: number
  /** The limit while the disk is full. */
  readonly retryTimeoutMs: number
}

/**
 * Group commit: applies the queued writes in order, as many as the limits allow in one transaction,
 * so one fsync makes all of them durable. Each write keeps its own outcome, and its promise settles
 * once it is durable.
 *
 * A single write is applied in the same turn of the event loop. After a commit the next one waits
 * for the next turn. So callers that continue at once can join it, and timers and sockets are
 * served in between.
 */
export class WriteQueue {
  readonly #connection: PreparedConnection
  readonly #patience: WritePatience
  readonly #checkpoints: Checkpoints | undefined
  readonly #waiting: PendingWrite[] = []
  /** The number of first writes to apply separately, because a shared transaction failed. */
  #separate = 0
  #attempts = 0
  #isScheduled = false
  #isHeld = false
  #idle: PromiseWithResolvers<void> | undefined

  constructor(
    connection: PreparedConnection,
    patience: WritePatience,
    checkpoints: Checkpoints | undefined,
  ) {
    this.#connection = connection
    this.#patience = patience
    this.#checkpoints = checkpoints
  }

  /** How many writes wait or are under way, and the bytes of their content. */
  get size(): { readonly writes: number; readonly bytes: number } {
    const bytes = this.#waiting.reduce((sum, { holds }) => sum + bytesOf(holds), 0)
    return { writes: this.#waiting.length, bytes }
  }

  /** Adds a write to the queue. */
  add(write: PendingWrite): void {
    this.#waiting.push(write)
    this.#schedule()
  }

  /** Stops applying writes until {@link release}. */
  hold(): void {
    this.#isHeld = true
  }

  /** Resumes applying writes. */
  release(): void {
    this.#isHeld = false
    this.#schedule()
  }

  /** Resolves once the queue is empty and not held. */
  async idle(): Promise<void> {
    if (!this.#isScheduled && !this.#isHeld) return
    this.#idle ??= Promise.withResolvers()
    await this.#idle.promise
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld) return
    this.#isScheduled = true
    // After promises that have settled by now, so that their callers can join.
    process.nextTick(() => this.#proceed('anywhere'))
  }

  #proceed(place: PlaceInTurn): void {
    if (this.#isHeld || this.#waiting.length === 0) {
      this.#stop()
    } else if (this.#writeSome()) {
      this.#attempts = 0
      const checkpoint = this.#isHeld ? undefined : this.#checkpoints?.begin()
      if (checkpoint === undefined) this.#proceedInNextTurn(place)
      else void checkpoint.then(() => this.#proceedInNextTurn('at its end'))
    } else {
      const pause = PAUSES_MS[Math.min(this.#attempts, PAUSES_MS.length - 1)]
      this.#attempts += 1
      setTimeout(() => this.#proceed('anywhere'), pause)
    }
  }

  #proceedInNextTurn(place: PlaceInTurn): void {
    setImmediate(() => {
      // This may be the end of the turn that already had a commit. A second one belongs in the next
      // turn.
      if (place === 'anywhere' && this.#waiting.length > 0) this.#proceedInNextTurn('at its end')
      else this.#proceed('at its end')
    })
  }

  #stop(): void {
    this.#isScheduled = false
    if (this.#isHeld) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  /** Applies the first write or writes. Returns `false` if nothing can be written now. */
  #writeSome(): boolean {
    const [first, second] = this.#waiting
    if (first === undefined) return true
    if (second === undefined || this.#separate > 0 || first.scope === 'exclusive') {
      return this.#writeAlone(first)
    }
    this.#writeGroup()
    return true
  }

  #writeAlone(write: PendingWrite): boolean {
    write.runAlone(this.#connection)
    if (write.hasFailed && this.#mayRetry(write)) {
      if (write.operation !== undefined) write.operation.retries += 1
      return false
    }
    this.#settle(1)
    return true
  }

  #writeGroup(): void {
    let count = 0
    try {
      this.#connection.transaction(() => {
        const isEnough = this.#bounds()
        for (const write of this.#waiting) {
          if (write.scope === 'exclusive' || isEnough()) break
          count += 1
          this.#runWithOthers(write)
        }
      })
    } catch {
      // Nothing was applied, and no promise has settled: apply them separately to find out which
      // one fails.
      this.#separate = Math.max(count, 1)
      return
    }
    this.#settle(count)
  }

  /**
   * Runs a write in the shared transaction.
   *
   * @throws The error of the write if it ends the transaction or if every write would fail with it.
   */
  #runWithOthers(write: PendingWrite): void {
    write.runWithOthers(this.#connection)
    const { hasFailed, failure } = write
    if (!this.#connection.inTransaction || (hasFailed && isPassing(failure))) throw failure
  }

  #bounds(): () => boolean {
    const { statementsRun, bytesBound } = this.#connection
    return () =>
      this.#connection.statementsRun - statementsRun >= MAX_STATEMENTS ||
      this.#connection.bytesBound - bytesBound >= MAX_BYTES
  }

  #settle(count: number): void {
    this.#separate = Math.max(this.#separate - count, 0)
    for (const write of this.#waiting.splice(0, count)) {
      if (write.operation !== undefined) write.operation.batchSize = count
      write.settle()
    }
  }

  #mayRetry({ failure, since }: PendingWrite): boolean {
    if (!isPassing(failure)) return false
    const { busyTimeoutMs, retryTimeoutMs } = this.#patience
    return performance.now() < since + (isBusy(failure) ? busyTimeoutMs : retryTimeoutMs)
  }
}
