import { CONNECTION_TIMEOUT, PATIENCE_TIMEOUT } from './connection-messages.ts'
import { Fifo } from './fifo.ts'

/**
 * What a connection is wanted for: `brief` work waits for no lock, or not for long; `patient` work may wait for a lock
 * for as long as somebody holds it.
 */
export type ConnectionUse = 'brief' | 'patient'

interface Waiter {
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Those who want connections for one use. */
class Line {
  readonly most: number
  /** The message of the error with which it refuses. */
  readonly refusal: string
  readonly waiters = new Fifo<Waiter>()
  inUse = 0
  lastProgress = 0
  timer: NodeJS.Timeout | undefined

  constructor(most: number, refusal: string) {
    this.most = most
    this.refusal = refusal
  }

  get mayGo(): boolean {
    return this.waiters.length > 0 && this.inUse < this.most
  }
}

/**
 * Lets as many calls at a time to the pool as it has connections. The others wait here, in order, and are not refused
 * while connections go from hand to hand: only one that has waited for the whole time limit, in which its line did not
 * move, is. Patient work leaves a fifth of the connections to brief work; where both wait, they take turns.
 */
export class ConnectionGate {
  readonly #connections: number
  readonly #timeoutMs: number
  readonly #brief: Line
  readonly #patient: Line
  #lastServed: Line

  constructor(connections: number, timeoutMs: number) {
    this.#connections = connections
    this.#timeoutMs = timeoutMs
    this.#brief = new Line(connections, CONNECTION_TIMEOUT)
    this.#patient = new Line(Math.max(1, Math.floor(connections * 0.8)), PATIENCE_TIMEOUT)
    this.#lastServed = this.#patient
  }

  /** How many wait. */
  get waiting(): number {
    return this.#brief.waiters.length + this.#patient.waiters.length
  }

  /** Whether one may enter at once. */
  hasRoomFor(use: ConnectionUse): boolean {
    const line = this.#lineOf(use)
    return line.waiters.length === 0 && line.inUse < line.most && this.#isFree
  }

  /** Enters, or returns a promise that is resolved once that was possible. */
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

  /** Leaves, and lets the next one in. */
  leave(use: ConnectionUse, isBroken: boolean): void {
    const line = this.#lineOf(use)
    line.inUse -= 1
    if (this.waiting === 0) return
    if (!isBroken) line.lastProgress = performance.now()
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#admit(next)
      next.waiters.shift()?.resolve()
      // While nobody waits, the timer keeps no process alive.
      if (next.waiters.length === 0) next.timer?.unref()
    }
  }

  get #isFree(): boolean {
    return this.#brief.inUse + this.#patient.inUse < this.#connections
  }

  #lineOf(use: ConnectionUse): Line {
    return use === 'brief' ? this.#brief : this.#patient
  }

  #next(): Line | undefined {
    if (!this.#isFree) return undefined
    const lines =
      this.#lastServed === this.#brief ? [this.#patient, this.#brief] : [this.#brief, this.#patient]
    return lines.find(({ mayGo }) => mayGo)
  }

  #admit(line: Line): void {
    line.inUse += 1
    this.#lastServed = line
  }

  /** Refuses those that wait for too long, as soon as there are any. */
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
        this.#refuseLate(line)
        this.#watch(line)
      },
      Math.ceil(due - performance.now()),
    )
  }

  #refuseLate({ waiters, lastProgress, refusal }: Line): void {
    const limit = performance.now() - this.#timeoutMs
    if (lastProgress > limit) return
    for (
      let next = waiters.peek();
      next !== undefined && next.since <= limit;
      next = waiters.peek()
    ) {
      waiters.shift()
      next.reject(new Error(refusal))
    }
  }
}
