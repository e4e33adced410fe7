import type { OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { isSqlFailure, type SqlBatch, type SqlStatement } from '@harborage/core/sql'
import type { Connections, RunStatement } from './connections.ts'
import { Fifo } from './fifo.ts'
import { PostgresFailure } from './postgres-failure.ts'
import { SuspectKeys } from './suspect-keys.ts'
import type { Turn } from './write-queue.ts'

/** A statement that has a batch form; what its parameters are is its own affair. */
export interface BatchedStatement extends SqlStatement<unknown, unknown> {
  readonly batch: SqlBatch<unknown>
}

/**
 * How the calls of a statement go just now. It is plain data, which a call that goes by itself reads and writes without
 * passing anything of those that go together.
 */
export interface Traffic {
  /** When the call that is by itself at the server began, if there is one. */
  loneSince: number | undefined
  /** Whether others may wait, go together or be suspected: ask {@link StatementBatches.letsAlone} then. */
  isShared: boolean
}

/** The most calls of one batch. */
const MAX_CALLS = 64
/** The most bytes that the calls of one batch send. */
const MAX_BYTES = 256 * 1024
/** How many calls are worth a batch and a commit of their own beside none, one, two and three batches under way. */
const WORTHWHILE = [1, 12, MAX_CALLS, MAX_CALLS] as const
/** What takes longer waits for a lock, or for a server that is gone: it holds up no others any longer. */
const SLOW_MS = 50
/** How long a batch waits for a row that somebody else keeps locked. */
const LOCK_TIMEOUT_MS = 200
/** How long the halves of a batch that failed wait: to find out which of its rows is in the way. */
const SEARCH_LOCK_TIMEOUT_MS = 10
/** How long others are expected after a conflict. */
const CONFLICTS_MS = 10_000

/** What is sent of a call. */
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
 * The calls of one statement, of which none has a key in common with another that is under way, beside one that is by
 * itself. Those that come meanwhile wait, in order, and go together as one statement: every commit costs the server the
 * same, however many rows it brings. Many callers make two batches, which take turns: one at the server while those of the
 * other make their next calls. One with a key that was in the way lately goes by itself.
 */
export class StatementBatches {
  /** Who makes a call by itself notes it here. */
  readonly traffic: Traffic = { loneSince: undefined, isShared: false }
  readonly #statement: BatchedStatement
  readonly #connections: Connections
  readonly #waiting = new Fifo<Call>()
  readonly #suspects = new SuspectKeys()
  /** How many batches are under way, without those that are slow. */
  #underWay = 0
  /** Looks after the call that is by itself, while others wait. */
  #loneTimer: NodeJS.Timeout | undefined
  /** Until then calls that are in conflict are left out, so that they fail none that they come with. */
  #conflictsUntil = 0
  #isConnecting = false
  #isFlushDue = false

  constructor(statement: BatchedStatement, connections: Connections) {
    this.#statement = statement
    this.#connections = connections
  }

  /** Whether a call may go by itself, if no other does: nothing is under way, and none of its keys is suspected. */
  letsAlone(turn: Turn): boolean {
    if (this.#suspects.includes(turn)) return false
    const isIdle = this.#underWay === 0 && !this.#isConnecting && !this.#isFlushDue
    if (isIdle && this.#waiting.length === 0 && this.#suspects.areNone) {
      this.traffic.isShared = false
    }
    return isIdle
  }

  /** Lets those go on that came while a call was by itself. */
  loneEnded(): void {
    clearTimeout(this.#loneTimer)
    this.#loneTimer = undefined
    if (this.#waiting.length > 0) this.#flushSoon()
  }

  /**
   * Makes a call with others and returns how many rows it changed. It ends as if it had been made by itself.
   *
   * @throws PostgresFailure
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

  /** Goes on once the call that is by itself is slow. */
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

  /** How many statements are under way, without those that are slow. */
  #countUnderWay(): number {
    const { loneSince } = this.traffic
    const hasLone = loneSince !== undefined && performance.now() < loneSince + SLOW_MS
    return this.#underWay + (hasLone ? 1 : 0)
  }

  /** Lets those that were answered just now make their next calls first, so that they go together. */
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

  /** Sends a batch of those that wait once there is a connection for it. It never throws. */
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

  /** Those that have waited for the connection that could not be had; later ones ask for another. */
  #rejectWaiting(added: number, failure: unknown): void {
    for (let left = this.#waiting.length - (this.#waiting.added - added); left > 0; left -= 1) {
      this.#waiting.shift()?.reject(failure)
    }
    this.#flushSoon()
  }

  /** Takes half of what waits if that is worth it: the server works on one half while callers hear of the other. */
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
      // Also where none waits: the next calls of those that are answered now shall find each other.
      this.#flushSoon()
    }
  }

  /** Counts what is under way until it ends or is slow. */
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

  /** Sends calls as one statement, and returns the names of the rows that were written. */
  async #send(
    calls: readonly SentCall[],
    lockTimeoutMs: number,
    run: RunStatement,
  ): Promise<ReadonlySet<string>> {
    const batch = this.#formFor(calls)
    const sorted = calls.toSorted(byFirstKey).map(({ parameters }) => parameters)
    const { rows } = await run(batch, batch.bindAll(sorted, lockTimeoutMs))
    // What the statement returns of a row are the columns that its name is made of.
    return new Set(rows.map((row) => batch.nameOf(row)))
  }

  /** A call that is by itself is in the way of none. */
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
   * A statement that failed applied nothing. After a conflict it is sent again in the form that leaves such calls out;
   * else its halves are, until what is in the way is alone.
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
   * Runs a call that may be in the way of others, by itself, and remembers it if it is. Only once its row is seen to be
   * locked does it take one of the connections on which one may wait for long.
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

/** Whether the server answered that it cannot do what it was asked. */
function isAnswer(failure: unknown): failure is PostgresFailure {
  return failure instanceof PostgresFailure && !failure.mayPass && !failure.isUnsent
}

/** Whether a call of a statement would write what another row has to itself. */
function isConflict(failure: PostgresFailure): boolean {
  return isSqlFailure(failure.error, 'unique_violation')
}

function byFirstKey({ turn: left }: SentCall, { turn: right }: SentCall): number {
  const [a = ''] = left.keys
  const [b = ''] = right.keys
  if (a === b) return 0
  return a < b ? -1 : 1
}
