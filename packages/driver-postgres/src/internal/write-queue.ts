import { HarborageError, isHarborageError } from '@harborage/core'
import { KeyChains, Turn } from './key-chains.ts'

/** What a write takes up from its call to its end. */
export interface Claim {
  /** What no other write may touch meanwhile. */
  readonly keys: () => readonly string[]
  readonly bytes: number
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
