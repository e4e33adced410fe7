import type { OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { isSqlFailure, type SqlBatch, type SqlStatement } from '@harborage/core/sql'
import {
  CONFLICTS_MS,
  LOCK_TIMEOUT_MS,
  MAX_BYTES,
  MAX_CALLS,
  MIN_CALLS,
  SEARCH_LOCK_TIMEOUT_MS,
  SLOW_MS,
} from './batch-limits.ts'
import type { Connections, RunStatement } from './connections.ts'
import { Fifo } from './fifo.ts'
import { PostgresFailure } from './postgres-failure.ts'
import { IsolatedKeys } from './isolated-keys.ts'
import type { QueuedWrite } from './write-order.ts'

/** A statement with a batch form and parameters of any type. */
export interface BatchedStatement extends SqlStatement<unknown, unknown> {
  readonly batch: SqlBatch<unknown>
}

/**
 * What a statement's calls are doing now. It is plain data, so that a direct call, which is sent
 * without a batch, reads and writes it without calling any batching code.
 */
export interface Activity {
  /** The start of the direct call in flight, if there is one. */
  directSince: number | undefined
  /**
   * Whether calls may be waiting, in a batch, or of isolated keys. Then
   * {@link StatementBatches.allowsDirect} decides.
   */
  mayHaveWaiting: boolean
}

/** The part of a call that is sent. */
interface SentCall {
  readonly parameters: unknown
  readonly queued: QueuedWrite
}

interface Call extends SentCall {
  readonly bytes: number
  readonly operation: OperationTrace | undefined
  readonly resolve: (changes: number) => void
  readonly reject: (failure: unknown) => void
}

/**
 * The batches of one statement. No two calls in flight share a key. Calls that arrive while others
 * are in flight wait in order and are sent as one statement: a commit costs the server the same for
 * any number of rows. Many callers form two batches that alternate: one is at the server while the
 * callers of the other make their next calls. A call with an isolated key, one that has recently
 * blocked others, is sent by itself.
 */
export class StatementBatches {
  /** Also updated by the code that sends a call directly. */
  readonly activity: Activity = { directSince: undefined, mayHaveWaiting: false }
  readonly #statement: BatchedStatement
  readonly #connections: Connections
  readonly #waiting = new Fifo<Call>()
  readonly #isolated = new IsolatedKeys()
  /** The number of batches in flight that are not slow. */
  #inFlight = 0
  /** The timer for the direct call while others wait. */
  #directTimer: NodeJS.Timeout | undefined
  /**
   * The time until which batches leave out conflicting calls, so that these do not fail the others.
   */
  #conflictsUntil = 0
  #isConnecting = false
  #isFlushDue = false

  constructor(statement: BatchedStatement, connections: Connections) {
    this.#statement = statement
    this.#connections = connections
  }

  /**
   * Returns whether a call may be sent directly: nothing is in flight and none of its keys is
   * isolated.
   */
  allowsDirect(queued: QueuedWrite): boolean {
    if (this.#isolated.includes(queued)) return false
    const isIdle = this.#inFlight === 0 && !this.#isConnecting && !this.#isFlushDue
    if (isIdle && this.#waiting.length === 0 && this.#isolated.isEmpty) {
      this.activity.mayHaveWaiting = false
    }
    return isIdle
  }

  /** Sends the calls that arrived during a direct call. */
  directEnded(): void {
    clearTimeout(this.#directTimer)
    this.#directTimer = undefined
    if (this.#waiting.length > 0) this.#flushSoon()
  }

  /**
   * Makes a call in a batch and resolves to the number of rows it changed. It ends as if it had run
   * by itself.
   *
   * @throws PostgresFailure if it fails.
   */
  changes(parameters: unknown, bytes: number, queued: QueuedWrite): Promise<number> {
    this.activity.mayHaveWaiting = true
    if (this.#isolated.includes(queued)) return this.#runIsolated(parameters, queued)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const operation = currentOperation()
    this.#waiting.push({ parameters, queued, bytes, operation, resolve, reject })
    this.#watchDirect()
    this.#flushSoon()
    return promise
  }

  /** Sends the waiting calls once the direct call is slow. */
  #watchDirect(): void {
    const { directSince } = this.activity
    if (
      directSince === undefined ||
      this.#directTimer !== undefined ||
      this.#waiting.length === 0
    ) {
      return
    }
    const left = directSince + SLOW_MS - performance.now()
    if (left <= 0) {
      this.#flushSoon()
      return
    }
    this.#directTimer = setTimeout(() => {
      this.#directTimer = undefined
      this.#watchDirect()
    }, Math.ceil(left))
  }

  /** Returns the number of statements in flight that are not slow. */
  #countInFlight(): number {
    const { directSince } = this.activity
    const hasDirect = directSince !== undefined && performance.now() < directSince + SLOW_MS
    return this.#inFlight + (hasDirect ? 1 : 0)
  }

  /**
   * Sends a batch after this tick, so that callers that were just answered can add their next
   * calls.
   */
  #flushSoon(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    process.nextTick(() => {
      this.#isFlushDue = false
      this.#flushIfEnough()
    })
  }

  #flushIfEnough(): void {
    const least = MIN_CALLS[this.#countInFlight()] ?? Number.POSITIVE_INFINITY
    if (!this.#isConnecting && this.#waiting.length >= least) void this.#flush()
  }

  /** Sends a batch of waiting calls once there is a connection for it. Never throws. */
  async #flush(): Promise<void> {
    const { added } = this.#waiting
    let calls: readonly Call[] | undefined
    this.#isConnecting = true
    try {
      const written = await this.#connections.run('short', (run) => {
        this.#isConnecting = false
        calls = this.#take()
        const writing = this.#sendAsOneOfMany(calls, run)
        this.#flushIfEnough()
        return writing
      })
      this.#answer(calls ?? [], written)
    } catch (failure) {
      if (calls !== undefined) {
        await this.#recover(calls, failure)
        return
      }
      this.#isConnecting = false
      this.#rejectWaiting(added, failure)
    }
  }

  /** Rejects the calls that waited for the failed connection. Later ones get another. */
  #rejectWaiting(added: number, failure: unknown): void {
    for (let left = this.#waiting.length - (this.#waiting.added - added); left > 0; left -= 1) {
      this.#waiting.shift()?.reject(failure)
    }
    this.#flushSoon()
  }

  /**
   * Takes half of the waiting calls if that is worthwhile, so the server works on one half while
   * the callers of the other are answered.
   */
  #take(): Call[] {
    const half = Math.ceil(this.#waiting.length / 2)
    // A direct call is no half: the first of many concurrent calls is sent directly.
    const isSplit = this.#inFlight === 0 && half >= MIN_CALLS[1]
    const most = isSplit ? Math.min(half, MAX_CALLS) : MAX_CALLS
    const calls: Call[] = []
    let bytes = 0
    while (calls.length < most) {
      const next = this.#waiting.peek()
      if (next === undefined || bytes + next.bytes > MAX_BYTES) break
      calls.push(next)
      bytes += next.bytes
      this.#waiting.shift()
    }
    return calls
  }

  async #sendAsOneOfMany(calls: readonly Call[], run: RunStatement): Promise<ReadonlySet<string>> {
    const end = this.#begin()
    try {
      return await this.#send(calls, LOCK_TIMEOUT_MS, run)
    } finally {
      end()
      // Even if none waits: the callers that are answered now will make their next calls.
      this.#flushSoon()
    }
  }

  /** Counts a batch as in flight until it ends or is slow. Returns the function that ends it. */
  #begin(): () => void {
    this.#inFlight += 1
    let isCounted = true
    const end = (): void => {
      clearTimeout(timer)
      if (!isCounted) return
      isCounted = false
      this.#inFlight -= 1
    }
    const timer = setTimeout(() => {
      end()
      this.#flushSoon()
    }, SLOW_MS)
    return end
  }

  /** Sends calls as one statement. Resolves to the names of the written rows. */
  async #send(
    calls: readonly SentCall[],
    lockTimeoutMs: number,
    run: RunStatement,
  ): Promise<ReadonlySet<string>> {
    const batch = this.#formFor(calls)
    const sorted = calls.toSorted(byFirstKey).map(({ parameters }) => parameters)
    const { rows } = await run(batch, batch.bindAll(sorted, lockTimeoutMs))
    // The statement returns the columns that `nameOf` needs.
    return new Set(rows.map((row) => batch.nameOf(row)))
  }

  /** Returns the form of the batch to use. A single call cannot fail others. */
  #formFor(calls: readonly SentCall[]): SqlBatch<unknown> {
    const { batch } = this.#statement
    if (batch.selective === undefined || calls.length === 1) return batch
    return performance.now() < this.#conflictsUntil ? batch.selective : batch
  }

  #answer(calls: readonly Call[], written: ReadonlySet<string>): void {
    const { batch } = this.#statement
    for (const { parameters, operation, resolve } of calls) {
      if (operation !== undefined) operation.batchSize = calls.length
      resolve(written.has(batch.nameOf(parameters)) ? 1 : 0)
    }
  }

  /**
   * Recovers from a failed statement, which applied nothing. After a conflict it sends the batch
   * again in the form that leaves out conflicting calls. After other failures it sends the halves,
   * until the failing call is alone.
   */
  async #recover(calls: readonly Call[], failure: unknown): Promise<void> {
    if (!isAnswer(failure) || (calls.length === 1 && isConflict(failure))) {
      for (const { reject } of calls) reject(failure)
      return
    }
    if (isConflict(failure) && this.#formFor(calls) !== this.#statement.batch.selective) {
      this.#conflictsUntil = performance.now() + CONFLICTS_MS
      await this.#sendOrRecover(calls, LOCK_TIMEOUT_MS)
      return
    }
    const middle = Math.ceil(calls.length / 2)
    const halves = [calls.slice(0, middle), calls.slice(middle)]
    await Promise.all(halves.map((half) => this.#sendAgain(half)))
  }

  async #sendAgain(calls: readonly Call[]): Promise<void> {
    const [first] = calls
    if (calls.length > 1) await this.#sendOrRecover(calls, SEARCH_LOCK_TIMEOUT_MS)
    else if (first !== undefined) {
      await this.#runIsolated(first.parameters, first.queued).then(first.resolve, first.reject)
    }
  }

  async #sendOrRecover(calls: readonly Call[], lockTimeoutMs: number): Promise<void> {
    try {
      const written = await this.#connections.run('short', (run) =>
        this.#send(calls, lockTimeoutMs, run),
      )
      this.#answer(calls, written)
    } catch (failure) {
      await this.#recover(calls, failure)
    }
  }

  /**
   * Runs a call that may block others by itself, and remembers its keys if it does. It takes a
   * connection for long work only once its row was found locked.
   */
  async #runIsolated(parameters: unknown, queued: QueuedWrite): Promise<number> {
    try {
      const written = await this.#connections.run('short', (run) =>
        this.#send([{ parameters, queued }], SEARCH_LOCK_TIMEOUT_MS, run),
      )
      return written.size
    } catch (failure) {
      if (!isAnswer(failure) || isConflict(failure)) throw failure
      this.#isolated.add(queued.keys)
      if (!failure.isLockTimeout) throw failure
    }
    try {
      return await this.#connections.changes(this.#statement, this.#statement.bind(parameters))
    } finally {
      this.#isolated.add(queued.keys)
    }
  }
}

/** Returns whether the failure is an answer of the server, that it cannot execute the statement. */
function isAnswer(failure: unknown): failure is PostgresFailure {
  return failure instanceof PostgresFailure && !failure.mayPass && !failure.isUnsent
}

/** Returns whether the failure is a unique violation. */
function isConflict(failure: PostgresFailure): boolean {
  return isSqlFailure(failure.error, 'unique_violation')
}

function byFirstKey({ queued: left }: SentCall, { queued: right }: SentCall): number {
  const [a = ''] = left.keys
  const [b = ''] = right.keys
  if (a === b) return 0
  return a < b ? -1 : 1
}
