import { CONNECTION_TIMEOUT, LOCK_WAIT_TIMEOUT } from './failure-messages.ts'
import { Fifo } from './fifo.ts'

/**
 * The use of a connection. `short` work waits for a lock for 200 ms at most, as reads and batches
 * do. `long` work may wait for as long as another transaction holds a lock.
 */
export type ConnectionUse = 'short' | 'long'

interface Waiter {
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The calls that wait for connections for one use. */
class Line {
  readonly most: number
  /** The message of its timeout errors. */
  readonly timeoutMessage: string
  readonly waiters = new Fifo<Waiter>()
  inUse = 0
  lastProgress = 0
  timer: NodeJS.Timeout | undefined

  constructor(most: number, timeoutMessage: string) {
    this.most = most
    this.timeoutMessage = timeoutMessage
  }

  get canAdmit(): boolean {
    return this.waiters.length > 0 && this.inUse < this.most
  }
}

/**
 * Admits as many calls to the pool as it has connections. The others wait here in order. A call
 * fails only if it waited for the whole time limit and its line did not move in that time. Long
 * work leaves a fifth of the connections to short work. If both wait, they take turns.
 */
export class ConnectionGate {
  readonly #connections: number
  readonly #timeoutMs: number
  readonly #short: Line
  readonly #long: Line
  #lastServed: Line
  #inUse = 0

  constructor(connections: number, timeoutMs: number) {
    this.#connections = connections
    this.#timeoutMs = timeoutMs
    this.#short = new Line(connections, CONNECTION_TIMEOUT)
    this.#long = new Line(Math.max(1, Math.floor(connections * 0.8)), LOCK_WAIT_TIMEOUT)
    this.#lastServed = this.#long
  }

  /** The number of calls that were admitted. */
  get inUse(): number {
    return this.#inUse
  }

  /** The number of waiting calls. */
  get waiting(): number {
    return this.#short.waiters.length + this.#long.waiters.length
  }

  /** Returns whether a call may enter at once. */
  hasRoomFor(use: ConnectionUse): boolean {
    const line = this.#lineOf(use)
    return line.waiters.length === 0 && line.inUse < line.most && this.#inUse < this.#connections
  }

  /**
   * Enters and returns `undefined`, or returns a promise that resolves once the call was admitted.
   */
  enter(use: ConnectionUse): Promise<void> | undefined {
    const line = this.#lineOf(use)
    if (this.hasRoomFor(use)) {
      this.#admit(line)
      return undefined
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    line.waiters.push({ since: performance.now(), resolve, reject })
    this.#watch(line)
    return promise
  }

  /** Leaves, and admits the next calls. */
  leave(use: ConnectionUse, isBroken: boolean): void {
    const line = this.#lineOf(use)
    line.inUse -= 1
    this.#inUse -= 1
    if (this.waiting === 0) return
    if (!isBroken) line.lastProgress = performance.now()
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#admit(next)
      next.waiters.shift()?.resolve()
      // While no call waits, the timer must not keep the process alive.
      if (next.waiters.length === 0) next.timer?.unref()
    }
  }

  #lineOf(use: ConnectionUse): Line {
    return use === 'short' ? this.#short : this.#long
  }

  #next(): Line | undefined {
    if (this.#inUse >= this.#connections) return undefined
    const lines =
      this.#lastServed === this.#short ? [this.#long, this.#short] : [this.#short, this.#long]
    return lines.find(({ canAdmit }) => canAdmit)
  }

  #admit(line: Line): void {
    line.inUse += 1
    this.#inUse += 1
    this.#lastServed = line
  }

  /** Sets the timer that rejects calls which have waited too long. */
  #watch(line: Line): void {
    const oldest = line.waiters.peek()
    if (oldest === undefined) return
    if (line.timer !== undefined) {
      line.timer.ref()
      return
    }
    const due = Math.max(oldest.since, line.lastProgress) + this.#timeoutMs
    line.timer = setTimeout(
      () => {
        line.timer = undefined
        this.#rejectLate(line)
        this.#watch(line)
      },
      // Rejecting many calls takes a while, after which the next one may be due already.
      Math.max(0, Math.ceil(due - performance.now())),
    )
  }

  #rejectLate({ waiters, lastProgress, timeoutMessage }: Line): void {
    const limit = performance.now() - this.#timeoutMs
    if (lastProgress > limit) return
    for (
      let next = waiters.peek();
      next !== undefined && next.since <= limit;
      next = waiters.peek()
    ) {
      waiters.shift()
      next.reject(new Error(timeoutMessage))
    }
  }
}
