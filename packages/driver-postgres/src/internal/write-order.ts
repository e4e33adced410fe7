import { HarborageError, isHarborageError } from '@harborage/core'
import type { WriteClaim } from '@harborage/core/sql'

/** The number of added entries from which on the map of the chains is copied. */
const RENEWED_ENTRIES = 64

/** A {@link WriteClaim} whose keys are computed only if there is another write to compare with. */
export interface LazyClaim extends Pick<WriteClaim, 'bytes'> {
  /** Returns the keys that no other write may use meanwhile. */
  readonly keys: () => readonly string[]
  /** Returns the keys that it shares with others that do not write them. Default: none. */
  readonly sharedKeys?: () => readonly string[]
}

/** A write and its position in the chain of each of its keys. */
export class QueuedWrite {
  #keysOf: () => readonly string[]
  #sharedKeysOf: () => readonly string[]
  #keys: readonly string[] | undefined
  #sharedKeys: readonly string[] | undefined
  /** The time at which it began to wait. */
  since = 0
  /** The number of calls that have to end first. */
  waitsFor = 0
  /** The next write in each chain. */
  followers: QueuedWrite[] | undefined
  /** The error with which it fails instead of running. */
  abortError: Error | undefined
  #begin: (() => void) | undefined

  constructor(keysOf: () => readonly string[], sharedKeysOf: () => readonly string[] = noKeys) {
    this.#keysOf = keysOf
    this.#sharedKeysOf = sharedKeysOf
  }

  /** The keys of the write, computed on first use. */
  get keys(): readonly string[] {
    this.#keys ??= this.#keysOf()
    return this.#keys
  }

  /** The keys that the write shares, computed on first use. */
  get sharedKeys(): readonly string[] {
    this.#sharedKeys ??= this.#sharedKeysOf()
    return this.#sharedKeys
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

  /** Drops what it refers to, once it has ended. */
  forget(): void {
    this.#keysOf = this.#sharedKeysOf = noKeys
    this.#keys = this.#sharedKeys = undefined
    this.#begin = undefined
    this.followers = undefined
  }
}

function noKeys(): readonly string[] {
  return []
}

/**
 * A chain of calls for each key. A call runs once it is the first in the chains of all its keys. So
 * a call waits for a row behind an earlier call, without taking a connection. It enters all its
 * chains at once, so no call waits for a later one, and there can be no deadlock.
 */
class KeyChains {
  /** The last call of each key. */
  #last = new Map<string, QueuedWrite>()
  /** The calls that share a key, since its last call that does not. */
  #sharers: Map<string, Set<QueuedWrite>> | undefined
  /** The number of entries added to {@link #last} since it was copied. */
  #added = 0
  /** The number of writes that have not ended. */
  size = 0
  /** The only write, if there is just one. Its keys are not needed. */
  #only: QueuedWrite | undefined

  /** Adds a call behind those with a common key. */
  enter(queued: QueuedWrite): void {
    this.size += 1
    if (this.size === 1) {
      this.#only = queued
      return
    }
    if (this.#only !== undefined) this.#append(this.#only)
    this.#only = undefined
    this.#append(queued)
  }

  /**
   * Removes a call that has ended, and lets the next ones run.
   *
   * @param abortError The error for calls that have waited since `before` or longer. Default: none
   * fails.
   */
  leave(queued: QueuedWrite, abortError?: Error, before = 0): void {
    this.size -= 1
    if (queued === this.#only) {
      this.#only = undefined
      return
    }
    for (const key of queued.keys) if (this.#last.get(key) === queued) this.#last.delete(key)
    if (this.#sharers !== undefined) this.#stopSharing(queued, this.#sharers)
    const { followers = [] } = queued
    // An object in the old generation would keep all that it refers to alive, long after it ended.
    queued.forget()
    for (const follower of followers) {
      if (abortError !== undefined && follower.since <= before) follower.abortError ??= abortError
      follower.advance()
    }
  }

  #append(queued: QueuedWrite): void {
    this.#renew()
    for (const key of queued.keys) {
      const last = this.#last.get(key)
      this.#last.set(key, queued)
      this.#added += 1
      if (last !== undefined && last !== queued) follow(last, queued)
      if (this.#sharers !== undefined) this.#followSharers(key, queued, this.#sharers)
    }
    for (const key of queued.sharedKeys) this.#share(key, queued)
    if (queued.waitsFor > 0) queued.since = performance.now()
  }

  /** Adds a call to those that share a key. It waits for the last call that does not. */
  #share(key: string, queued: QueuedWrite): void {
    const last = this.#last.get(key)
    // A call may write a key that it also shares.
    if (last === queued) return
    if (last !== undefined) follow(last, queued)
    this.#sharers ??= new Map()
    const sharers = this.#sharers.get(key)
    if (sharers === undefined) this.#sharers.set(key, new Set([queued]))
    else sharers.add(queued)
  }

  /** Lets a call that writes a key wait for those that share it. Later calls wait for this one. */
  #followSharers(key: string, queued: QueuedWrite, sharersOf: Map<string, Set<QueuedWrite>>): void {
    for (const sharer of sharersOf.get(key) ?? []) follow(sharer, queued)
    sharersOf.delete(key)
  }

  #stopSharing(queued: QueuedWrite, sharersOf: Map<string, Set<QueuedWrite>>): void {
    for (const key of queued.sharedKeys) {
      const sharers = sharersOf.get(key)
      sharers?.delete(queued)
      if (sharers?.size === 0) sharersOf.delete(key)
    }
    // A new map each time that calls share keys, for the reason that `#renew` gives.
    if (sharersOf.size === 0) this.#sharers = undefined
  }

  /**
   * Copies the map once its entries were replaced several times. V8 links each table of a map to
   * the next one, with its entries, so one in the old generation would keep all later ones alive.
   */
  #renew(): void {
    if (this.#added < RENEWED_ENTRIES || this.#added < this.#last.size * 4) return
    this.#last = new Map(this.#last)
    this.#added = 0
  }
}

/** Lets a call wait for an earlier one. */
function follow(earlier: QueuedWrite, queued: QueuedWrite): void {
  earlier.followers ??= []
  earlier.followers.push(queued)
  queued.waitsFor += 1
}

/**
 * Orders the writes of a database. Writes with a common key run one at a time in order, others
 * concurrently. It bounds the bytes that waiting writes hold in memory.
 */
export class WriteOrder {
  readonly #chains = new KeyChains()
  readonly #maxBytes: number
  readonly #timeoutMs: number
  #bytes = 0

  /**
   * @param maxBytes The largest number of bytes that may wait or be in flight.
   * @param timeoutMs How long a call must have waited to be failed together with its predecessor.
   */
  constructor(maxBytes: number, timeoutMs: number) {
    this.#maxBytes = maxBytes
    this.#timeoutMs = timeoutMs
  }

  /** How many writes wait or are under way, and the bytes of their content. */
  get size(): { readonly writes: number; readonly bytes: number } {
    return { writes: this.#chains.size, bytes: this.#bytes }
  }

  /**
   * Runs a write once all earlier writes with a common key have ended, and resolves to its result.
   *
   * @throws `store_unavailable` if too many bytes wait, or the server did not answer the previous
   * write; the errors of `write`.
   */
  run<Result>(
    { keys, sharedKeys, bytes }: LazyClaim,
    write: (queued: QueuedWrite) => Promise<Result>,
  ): Promise<Result> {
    if (bytes > 0 && this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes)
      throw tooMany(this.#maxBytes)
    this.#bytes += bytes
    const queued = new QueuedWrite(keys, sharedKeys)
    this.#chains.enter(queued)
    return this.#runQueued(queued, bytes, write)
  }

  async #runQueued<Result>(
    queued: QueuedWrite,
    bytes: number,
    write: (queued: QueuedWrite) => Promise<Result>,
  ): Promise<Result> {
    let abortError: Error | undefined
    try {
      if (queued.waitsFor > 0) await queued.begun()
      return await write(queued)
    } catch (error) {
      if (isUnanswered(error)) abortError = queued.abortError ?? unanswered(error)
      throw error
    } finally {
      this.#bytes -= bytes
      // They would have waited for the same server for as long as this one.
      if (abortError === undefined) this.#chains.leave(queued)
      else this.#chains.leave(queued, abortError, performance.now() - this.#timeoutMs)
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
    'Postgres did not answer the previous write to the same data: call again',
    { cause },
  )
}

function tooMany(maxBytes: number): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `writes of ${maxBytes} bytes wait for Postgres already: call again once some have ended, make fewer calls at a time, or raise maxWaitingBytes`,
  )
}
