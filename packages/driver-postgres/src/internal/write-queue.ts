import { HarborageError, isHarborageError } from '@harborage/core'

/** What a write takes up from its call to its end. */
export interface Claim {
  /** What no other write may touch meanwhile. */
  readonly keys: () => readonly string[]
  readonly bytes: number
}

/** A call in its places in the chains of its keys. */
export class Turn {
  readonly #keysOf: () => readonly string[]
  #keys: readonly string[] | undefined
  /** When it began to wait. */
  since = 0
  /** How many calls have to end first. */
  waitsFor = 0
  /** Those that come after it in a chain, once for each chain. */
  followers: Turn[] | undefined
  /** What it fails with instead of being made. */
  doom: Error | undefined
  #begin: (() => void) | undefined

  constructor(keysOf: () => readonly string[]) {
    this.#keysOf = keysOf
  }

  get keys(): readonly string[] {
    this.#keys ??= this.#keysOf()
    return this.#keys
  }

  /** Resolves once all calls before it have ended. */
  async begun(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#begin = resolve
    await promise
    if (this.doom !== undefined) throw this.doom
  }

  /** Notes that one of the calls before it has ended. */
  advance(): void {
    this.waitsFor -= 1
    if (this.waitsFor === 0) this.#begin?.()
  }
}

/**
 * One chain of calls per key: a call is made once it is the first in the chains of all its keys. So what waits for a row
 * waits behind the call before it and takes no connection. A call enters all its chains at once, so none waits for one
 * that came later, and they cannot wait for each other in a circle.
 */
class KeyChains {
  /** Of each key, the call that came last. */
  readonly #last = new Map<string, Turn>()
  #size = 0
  /** The call that is by itself. Its keys are not asked for. */
  #lone: Turn | undefined

  /** Places a call behind those with a common key. */
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
   * Removes a call that has ended, and lets those behind it go on.
   *
   * @param doom What those fail with that have waited since `before` or longer. Default: none does.
   */
  leave(turn: Turn, doom?: Error, before = 0): void {
    this.#size -= 1
    if (turn === this.#lone) {
      this.#lone = undefined
      return
    }
    for (const key of turn.keys) if (this.#last.get(key) === turn) this.#last.delete(key)
    const { followers = [] } = turn
    // One that was promoted to the old generation would keep all that followed alive, long after they ended.
    turn.followers = undefined
    for (const follower of followers) {
      if (doom !== undefined && follower.since <= before) follower.doom ??= doom
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
 * Every write of a database, in the order of the calls: of those with a common key one at a time, the others beside each
 * other. What they carry is held in memory meanwhile, so it is bounded.
 */
export class WriteQueue {
  readonly #chains = new KeyChains()
  readonly #maxBytes: number
  readonly #timeoutMs: number
  #bytes = 0

  /**
   * @param maxBytes The most bytes that wait or are under way.
   * @param timeoutMs How long a call waits at least behind others that all fail.
   */
  constructor(maxBytes: number, timeoutMs: number) {
    this.#maxBytes = maxBytes
    this.#timeoutMs = timeoutMs
  }

  /**
   * Makes a write when it is its turn.
   *
   * @throws `store_unavailable` if too many bytes wait, or the server did not answer the write before it.
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
    let doom: Error | undefined
    try {
      if (turn.waitsFor > 0) await turn.begun()
      return await write(turn)
    } catch (error) {
      if (isUnanswered(error)) doom = turn.doom ?? unanswered(error)
      throw error
    } finally {
      this.#bytes -= bytes
      // Those would have waited for the server beside this one, and as long.
      if (doom === undefined) this.#chains.leave(turn)
      else this.#chains.leave(turn, doom, performance.now() - this.#timeoutMs)
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
    'Postgres did not answer the write into the same place that was made before: call again',
    { cause },
  )
}

function tooMany(maxBytes: number): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `writes of ${maxBytes} bytes wait for Postgres already: call again once some have ended, make fewer calls at a time, or raise maxWaitingBytes`,
  )
}
