// Not the global ones: under the fake timers of a caller's test, nothing would ever be written.
import { setImmediate, setTimeout } from 'node:timers'
import { operationChannel, type OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import type { Checkpoints } from './checkpoints.ts'
import type { PreparedConnection } from './prepared-connection.ts'
import { isBusy, isPassing, translateSqliteError } from './sqlite-errors.ts'

/**
 * How long to wait between two attempts of the same write, in milliseconds; the last one repeats.
 */
const PAUSES_MS = [1, 2, 5, 10, 15, 20, 25] as const

/**
 * What one commit holds at most; the write that reaches a bound ends it. Counts and not times, so
 * that what shares a commit does not depend on the machine.
 */
const MAX_STATEMENTS = 256
const MAX_BYTES = 1024 * 1024

/**
 * Where in a turn of the event loop something is done. Its end is where `setImmediate` calls back.
 */
type PlaceInTurn = 'anywhere' | 'at its end'

/** How long a write goes on trying, in milliseconds, counted from when it was called for. */
export interface WritePatience {
  /** While another connection holds the write lock. */
  readonly busyTimeoutMs: number
  /** While the disk is full. */
  readonly retryTimeoutMs: number
}

/**
 * How much of the connection a write takes. A failed `statement` undoes itself, whatever is around
 * it; several that make a `transaction` have to be undone together. `exclusive` work begins a
 * transaction that it does not end.
 */
export type WriteScope = 'statement' | 'transaction' | 'exclusive'

/** What a queue has to know of a write of any result. */
interface PendingWrite {
  readonly scope: WriteScope
  /** When it began to wait, in milliseconds. */
  readonly since: number
  /** The call of a store that it is a part of, if operations are listened to. */
  readonly operation: OperationTrace | undefined
  /** Whether its last run failed, and what with. */
  readonly hasFailed: boolean
  readonly failure: unknown
  /** Runs in a transaction of its own, and remembers the outcome. */
  runAlone(connection: PreparedConnection): void
  /** Runs as a part of the transaction that is open, and remembers the outcome. */
  runWithOthers(connection: PreparedConnection): void
  /** Tells the caller the outcome of the last run. */
  settle(): void
}

/**
 * The write of one call: it waits for its turn, runs, and tells the caller only when that is
 * durable. It may run several times; only the outcome that is told counts.
 */
export class PendingResult<Result> implements PendingWrite {
  readonly scope: WriteScope
  readonly since: number = performance.now()
  readonly operation: OperationTrace | undefined
  readonly promise: Promise<Result>
  hasFailed = false
  failure: unknown
  readonly #work: () => Result
  readonly #resolve: (result: Result) => void
  readonly #reject: (error: unknown) => void
  #outcome: { readonly result: Result } | undefined

  constructor(scope: WriteScope, work: () => Result) {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.scope = scope
    this.operation = operationChannel.hasSubscribers ? currentOperation() : undefined
    this.promise = promise
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
  }

  runAlone(connection: PreparedConnection): void {
    this.#run(this.scope === 'transaction' ? () => connection.transaction(this.#work) : this.#work)
  }

  runWithOthers(connection: PreparedConnection): void {
    this.#run(this.scope === 'transaction' ? () => connection.savepoint(this.#work) : this.#work)
  }

  settle(): void {
    if (this.hasFailed) this.#reject(translateSqliteError(this.failure, 'write'))
    else if (this.#outcome !== undefined) this.#resolve(this.#outcome.result)
  }

  #run(work: () => Result): void {
    try {
      this.#outcome = { result: work() }
      this.hasFailed = false
      this.failure = undefined
    } catch (error) {
      this.hasFailed = true
      this.failure = error
    }
  }
}

/**
 * Group commit: the writes that wait are applied in their order, as many as the bounds allow in one
 * transaction, so that one fsync makes all of them durable. Each keeps its own outcome, and its
 * caller is told once it is durable.
 *
 * A write that comes alone is applied in the same turn of the event loop. After a commit the next
 * one is left to the next turn: callers that go on at once join it, and timers and sockets are
 * served in between.
 */
export class WriteQueue {
  readonly #connection: PreparedConnection
  readonly #patience: WritePatience
  readonly #checkpoints: Checkpoints | undefined
  readonly #waiting: PendingWrite[] = []
  /**
   * How many of the first ones cannot share a transaction, since one that they shared came to
   * nothing.
   */
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

  add(write: PendingWrite): void {
    this.#waiting.push(write)
    this.#schedule()
  }

  /** Keeps everything that waits from being applied until {@link release}. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#schedule()
  }

  /** Resolves once nothing waits and nothing is held. */
  async idle(): Promise<void> {
    if (!this.#isScheduled && !this.#isHeld) return
    this.#idle ??= Promise.withResolvers()
    await this.#idle.promise
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld) return
    this.#isScheduled = true
    // After the promises that are settled by now, so that whoever is ready joins.
    process.nextTick(() => this.#goOn('anywhere'))
  }

  #goOn(place: PlaceInTurn): void {
    if (this.#isHeld || this.#waiting.length === 0) {
      this.#rest()
    } else if (this.#writeSome()) {
      this.#attempts = 0
      const checkpoint = this.#isHeld ? undefined : this.#checkpoints?.begin()
      if (checkpoint === undefined) this.#goOnInNextTurn(place)
      else void checkpoint.then(() => this.#goOnInNextTurn('at its end'))
    } else {
      const pause = PAUSES_MS[Math.min(this.#attempts, PAUSES_MS.length - 1)]
      this.#attempts += 1
      setTimeout(() => this.#goOn('anywhere'), pause)
    }
  }

  #goOnInNextTurn(place: PlaceInTurn): void {
    setImmediate(() => {
      // What was done before the end of a turn ends with it here, and what waits would be a second
      // commit in it.
      if (place === 'anywhere' && this.#waiting.length > 0) this.#goOnInNextTurn('at its end')
      else this.#goOn('at its end')
    })
  }

  #rest(): void {
    this.#isScheduled = false
    if (this.#isHeld) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  /** @returns `false` if nothing can be written just now. */
  #writeSome(): boolean {
    const [first, second] = this.#waiting
    if (first === undefined) return true
    if (second === undefined || this.#separate > 0 || first.scope === 'exclusive') {
      return this.#writeAlone(first)
    }
    this.#writeTogether()
    return true
  }

  #writeAlone(write: PendingWrite): boolean {
    write.runAlone(this.#connection)
    if (write.hasFailed && this.#mayTryAgain(write)) {
      if (write.operation !== undefined) write.operation.retries += 1
      return false
    }
    this.#settle(1)
    return true
  }

  #writeTogether(): void {
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
      // Nothing was applied and nobody was told anything, so each one finds out for itself what
      // stands against it.
      this.#separate = Math.max(count, 1)
      return
    }
    this.#settle(count)
  }

  /** @throws what makes the transaction worthless for the others as well. */
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

  #mayTryAgain({ failure, since }: PendingWrite): boolean {
    if (!isPassing(failure)) return false
    const { busyTimeoutMs, retryTimeoutMs } = this.#patience
    return performance.now() < since + (isBusy(failure) ? busyTimeoutMs : retryTimeoutMs)
  }
}
