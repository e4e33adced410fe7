import { HarborageError, isHarborageError } from '@harborage/core'

/** The keys and bytes of a write from its call to its end. */
export interface Claim {
  /** Returns the keys that no other write may use meanwhile. */
  readonly keys: () => readonly string[]
  readonly bytes: number
}

/** A call and its place in the chain of each of its keys. */
export class Turn {
  readonly #keysOf: () => readonly string[]
  #keys: readonly string[] | undefined
  /** The time at which it began to wait. */
  since = 0
  /** The number of calls that have to end first. */
  waitsFor = 0
  /** The next call in each chain. */
  followers: Turn[] | undefined
  /** The error with which it fails instead of running. */
  abortError: Error | undefined
  #begin: (() => void) | undefined

  constructor(keysOf: () => readonly string[]) {
    this.#keysOf = keysOf
  }

  /** The keys of the call, computed on first use. */
  get keys(): readonly string[] {
    this.#keys ??= this.#keysOf()
    return this.#keys
  }

  /**
   * Resolves once all calls before it have ended.
   *
   * @throws The error with which it has to fail.
   */
  async begun(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#begin = resolve
    await promise
    if (this.abortError !== undefined) throw this.abortError
  }

  /** Records that one of the calls before it has ended. */
  advance(): void {
    this.waitsFor -= 1
    if (this.waitsFor === 0) this.#begin?.()
  }
}

/**
 * A chain of calls for each key. A call runs once it is the first in the chains of all its keys. So
 * a call waits for a row behind an earlier call, without taking a connection. It enters all its
 * chains at once, so no call waits for a later one, and there can be no deadlock.
 */
class KeyChains {
  /** The last call of each key. */
  readonly #last = new Map<string, Turn>()
  #size = 0
  /** The only call, if there is just one. Its keys are not needed. */
  #lone: Turn | undefined

  /** Adds a call behind those with a common key. */
  enter(turn: Turn): void {
    this.#size += 1
    if (this.#size === 1) {
      this.#lone = turn
      return
    }
    if (this.#lone !== undefined) this.#place(this.#lone)
    this.#lone = undefined
    this.#place(turn)
  }

  /**
   * Removes a call that has ended, and lets the next ones run.
   *
   * @param abortError The error for calls that have waited since `before` or longer. Default: none
   * fails.
   */
  leave(turn: Turn, abortError?: Error, before = 0): void {
    this.#size -= 1
    if (turn === this.#lone) {
      this.#lone = undefined
      return
    }
    for (const key of turn.keys) if (this.#last.get(key) === turn) this.#last.delete(key)
    const { followers = [] } = turn
    // An object in the old generation would keep all its followers alive, long after they ended.
    turn.followers = undefined
    for (const follower of followers) {
      if (abortError !== undefined && follower.since <= before) follower.abortError ??= abortError
      follower.advance()
    }
  }

  #place(turn: Turn): void {
    for (const key of turn.keys) {
      const last = this.#last.get(key)
      this.#last.set(key, turn)
      if (last === undefined || last === turn) continue
      last.followers ??= []
      last.followers.push(turn)
      turn.waitsFor += 1
    }
    if (turn.waitsFor > 0) turn.since = performance.now()
  }
}

/**
 * Orders the writes of a database. Writes with a common key run one at a time in order, others
 * concurrently. It bounds the bytes that waiting writes hold in memory.
 */
export class WriteQueue {
  readonly #chains = new KeyChains()
  readonly #maxBytes: number
  readonly #timeoutMs: number
  #bytes = 0

  /**
   * @param maxBytes The largest number of bytes that may wait or be in flight.
   * @param timeoutMs The time that a call has to have waited before it fails with a call before it.
   */
  constructor(maxBytes: number, timeoutMs: number) {
    this.#maxBytes = maxBytes
    this.#timeoutMs = timeoutMs
  }

  /**
   * Runs a write when it is its turn, and resolves to its result.
   *
   * @throws `store_unavailable` if too many bytes wait, or the server did not answer the previous
   * write; the errors of `write`.
   */
  run<Result>({ keys, bytes }: Claim, write: (turn: Turn) => Promise<Result>): Promise<Result> {
    if (bytes > 0 && this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes)
      throw tooMany(this.#maxBytes)
    this.#bytes += bytes
    const turn = new Turn(keys)
    this.#chains.enter(turn)
    return this.#runInTurn(turn, bytes, write)
  }

  async #runInTurn<Result>(
    turn: Turn,
    bytes: number,
    write: (turn: Turn) => Promise<Result>,
  ): Promise<Result> {
    let abortError: Error | undefined
    try {
      if (turn.waitsFor > 0) await turn.begun()
      return await write(turn)
    } catch (error) {
      if (isUnanswered(error)) abortError = turn.abortError ?? unanswered(error)
      throw error
    } finally {
      this.#bytes -= bytes
      // They would have waited for the same server for as long as this one.
      if (abortError === undefined) this.#chains.leave(turn)
      else this.#chains.leave(turn, abortError, performance.now() - this.#timeoutMs)
    }
  }
}

function isUnanswered(error: unknown): boolean {
  return (
    isHarborageError(error, 'outcome_unknown') ||
    (isHarborageError(error, 'store_unavailable') && error.retryable)
  )
}

function unanswered(cause: unknown): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'Postgres did not answer the previous write to the same place: call again',
    { cause },
  )
}

function tooMany(maxBytes: number): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `writes of ${maxBytes} bytes wait for Postgres already: call again once some have ended, make fewer calls at a time, or raise maxWaitingBytes`,
  )
}
