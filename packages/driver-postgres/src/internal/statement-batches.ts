import type { OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { isSqlFailure, type SqlBatch, type SqlStatement } from '@harborage/core/sql'
import type { Connections, RunStatement } from './connections.ts'
import { Fifo } from './fifo.ts'
import { PostgresFailure } from './postgres-failure.ts'
import { SuspectKeys } from './suspect-keys.ts'
import type { Turn } from './write-queue.ts'

/** A statement with a batch form and parameters of any type. */
export interface BatchedStatement extends SqlStatement<unknown, unknown> {
  readonly batch: SqlBatch<unknown>
}

/**
 * The current calls of a statement. It is plain data, so that a call that runs by itself can read
 * and write it without calling any batching code.
 */
export interface Traffic {
  /** The start of the call that currently runs by itself, if there is one. */
  loneSince: number | undefined
  /**
   * Whether calls may be waiting, batched or suspect. Then {@link StatementBatches.letsAlone}
   * decides.
   */
  isShared: boolean
}

/** The largest number of calls in a batch. */
const MAX_CALLS = 64
/** The largest size of a batch in bytes. */
const MAX_BYTES = 256 * 1024
/** The smallest batch that is worth a commit while 0, 1, 2 and 3 other batches are in flight. */
const WORTHWHILE = [1, 12, MAX_CALLS, MAX_CALLS] as const
/** The time after which a batch counts as slow and no longer delays others: it is blocked. */
const SLOW_MS = 50
/** The lock timeout of a batch. */
const LOCK_TIMEOUT_MS = 200
/** The lock timeout of the halves of a failed batch, while searching for the row that failed. */
const SEARCH_LOCK_TIMEOUT_MS = 10
/** The time for which further conflicts are expected after one. */
const CONFLICTS_MS = 10_000

/** The part of a call that is sent. */
interface SentCall {
  readonly parameters: unknown
  readonly turn: Turn
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
 * callers of the other make their next calls. A call with a suspect key, one that has recently
 * blocked others, runs by itself.
 */
export class StatementBatches {
  /** Updated by the code that runs a call by itself. */
  readonly traffic: Traffic = { loneSince: undefined, isShared: false }
  readonly #statement: BatchedStatement
  readonly #connections: Connections
  readonly #waiting = new Fifo<Call>()
  readonly #suspects = new SuspectKeys()
  /** The number of batches in flight that are not slow. */
  #underWay = 0
  /** The timer for the call that runs by itself while others wait. */
  #loneTimer: NodeJS.Timeout | undefined
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
   * Returns whether a call may run by itself: nothing is in flight and none of its keys is suspect.
   */
  letsAlone(turn: Turn): boolean {
    if (this.#suspects.includes(turn)) return false
    const isIdle = this.#underWay === 0 && !this.#isConnecting && !this.#isFlushDue
    if (isIdle && this.#waiting.length === 0 && this.#suspects.areNone) {
      this.traffic.isShared = false
    }
    return isIdle
  }

  /** Sends the calls that arrived while one ran by itself. */
  loneEnded(): void {
    clearTimeout(this.#loneTimer)
    this.#loneTimer = undefined
    if (this.#waiting.length > 0) this.#flushSoon()
  }

  /**
   * Makes a call in a batch and resolves to the number of rows it changed. It ends as if it had run
   * by itself.
   *
   * @throws PostgresFailure if it fails.
   */
  changes(parameters: unknown, bytes: number, turn: Turn): Promise<number> {
    this.traffic.isShared = true
    if (this.#suspects.includes(turn)) return this.#runSuspect(parameters, turn)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const operation = currentOperation()
    this.#waiting.push({ parameters, turn, bytes, operation, resolve, reject })
    this.#watchLone()
    this.#flushSoon()
    return promise
  }

  /** Sends the waiting calls once the call that runs by itself is slow. */
  #watchLone(): void {
    const { loneSince } = this.traffic
    if (loneSince === undefined || this.#loneTimer !== undefined || this.#waiting.length === 0) {
      return
    }
    const left = loneSince + SLOW_MS - performance.now()
    if (left <= 0) {
      this.#flushSoon()
      return
    }
    this.#loneTimer = setTimeout(() => {
      this.#loneTimer = undefined
      this.#watchLone()
    }, Math.ceil(left))
  }

  /** Returns the number of statements in flight that are not slow. */
  #countUnderWay(): number {
    const { loneSince } = this.traffic
    const hasLone = loneSince !== undefined && performance.now() < loneSince + SLOW_MS
    return this.#underWay + (hasLone ? 1 : 0)
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
      this.#flushIfWorthwhile()
    })
  }

  #flushIfWorthwhile(): void {
    const least = WORTHWHILE[this.#countUnderWay()] ?? Number.POSITIVE_INFINITY
    if (!this.#isConnecting && this.#waiting.length >= least) void this.#flush()
  }

  /** Sends a batch of waiting calls once there is a connection for it. Never throws. */
  async #flush(): Promise<void> {
    const { added } = this.#waiting
    let calls: readonly Call[] | undefined
    this.#isConnecting = true
    try {
      const written = await this.#connections.run('brief', (run) => {
        this.#isConnecting = false
        calls = this.#take()
        const writing = this.#sendAsOneOfMany(calls, run)
        this.#flushIfWorthwhile()
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
    const isSplit = this.#countUnderWay() === 0 && half >= WORTHWHILE[1]
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
    this.#underWay += 1
    let isCounted = true
    const end = (): void => {
      clearTimeout(timer)
      if (!isCounted) return
      isCounted = false
      this.#underWay -= 1
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
      await this.#runSuspect(first.parameters, first.turn).then(first.resolve, first.reject)
    }
  }

  async #sendOrRecover(calls: readonly Call[], lockTimeoutMs: number): Promise<void> {
    try {
      const written = await this.#connections.run('brief', (run) =>
        this.#send(calls, lockTimeoutMs, run),
      )
      this.#answer(calls, written)
    } catch (failure) {
      await this.#recover(calls, failure)
    }
  }

  /**
   * Runs a call that may block others by itself, and remembers its keys if it does. It takes a
   * connection for patient work only once its row was found locked.
   */
  async #runSuspect(parameters: unknown, turn: Turn): Promise<number> {
    try {
      const written = await this.#connections.run('brief', (run) =>
        this.#send([{ parameters, turn }], SEARCH_LOCK_TIMEOUT_MS, run),
      )
      return written.size
    } catch (failure) {
      if (!isAnswer(failure) || isConflict(failure)) throw failure
      this.#suspects.add(turn.keys)
      if (!failure.isLockTimeout) throw failure
    }
    try {
      return await this.#connections.changes(this.#statement, this.#statement.bind(parameters))
    } finally {
      this.#suspects.add(turn.keys)
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

function byFirstKey({ turn: left }: SentCall, { turn: right }: SentCall): number {
  const [a = ''] = left.keys
  const [b = ''] = right.keys
  if (a === b) return 0
  return a < b ? -1 : 1
}
