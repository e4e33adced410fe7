// Not the global ones: with fake timers in a caller's test, no follower would ever be woken.
import { clearTimeout, setTimeout } from 'node:timers'
import type { StreamKey, StreamSubscription } from './journal-driver.ts'
import type { StreamCursor } from './journal-record.ts'
import { streamId } from './internal/stream-id.ts'

/** Resolves to the newest position of each stream, in their order; `undefined` if there is none. */
export type ReadPositions = (
  streams: readonly StreamKey[],
) => Promise<readonly (StreamCursor | undefined)[]>

/** The followers of one stream. */
interface Watched {
  readonly key: StreamKey
  readonly followers: Set<Follower>
}

/** One follower. */
interface Follower {
  /** Whether the stream was changed since the last wait. */
  isWoken: boolean
  waiting: Waiting | undefined
}

interface Waiting {
  readonly seen: StreamCursor | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Wakes the followers of the streams of one database. A change by this process wakes them at once.
 * For changes by others, all waiting followers share one poll, which asks for the positions of
 * their streams together. While none waits, nothing is asked.
 */
export class StreamWatch {
  readonly #watched = new Map<string, Watched>()
  readonly #readPositions: ReadPositions | undefined
  readonly #pollMs: number
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #isPolling = false

  /**
   * @param readPositions Asks the database. Default: only this process changes streams.
   * @param pollMs The time between two polls, in milliseconds. Default: 200.
   */
  constructor(readPositions?: ReadPositions, pollMs: number = DEFAULT_POLL_MS) {
    this.#readPositions = readPositions
    this.#pollMs = pollMs
  }

  /** Wakes the followers of a stream that this process has changed. */
  changed(key: StreamKey): void {
    if (this.#watched.size === 0) return
    const watched = this.#watched.get(streamId(key))
    for (const follower of watched?.followers ?? []) this.#wake(follower)
  }

  /** Wakes all followers, after a change of streams that are not known by name. */
  allChanged(): void {
    for (const { followers } of this.#watched.values()) {
      for (const follower of followers) this.#wake(follower)
    }
  }

  /** Watches a stream for a follower. */
  watch(key: StreamKey): StreamSubscription {
    const id = streamId(key)
    const watched = this.#watched.get(id) ?? { key, followers: new Set() }
    this.#watched.set(id, watched)
    const follower: Follower = { isWoken: false, waiting: undefined }
    watched.followers.add(follower)
    return {
      next: (seen) => this.#next(follower, seen),
      close: () => {
        this.#stopWaiting(follower)
        watched.followers.delete(follower)
        if (watched.followers.size === 0 && this.#watched.get(id) === watched) {
          this.#watched.delete(id)
        }
      },
    }
  }

  #next(follower: Follower, seen: StreamCursor | undefined): Promise<void> {
    if (follower.isWoken) {
      follower.isWoken = false
      return Promise.resolve()
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    follower.waiting = { seen, resolve, reject }
    this.#waiting += 1
    this.#pollLater()
    return promise
  }

  #wake(follower: Follower): void {
    const waiting = this.#stopWaiting(follower)
    if (waiting === undefined) follower.isWoken = true
    else waiting.resolve()
  }

  #stopWaiting(follower: Follower): Waiting | undefined {
    const { waiting } = follower
    if (waiting === undefined) return undefined
    follower.waiting = undefined
    this.#waiting -= 1
    if (this.#waiting === 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    return waiting
  }

  #pollLater(): void {
    if (this.#readPositions === undefined || this.#timer !== undefined || this.#isPolling) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#poll(this.#readPositions)
    }, this.#pollMs)
  }

  /** Asks for the positions of all streams with a waiting follower. Never rejects. */
  async #poll(readPositions: ReadPositions | undefined): Promise<void> {
    if (readPositions === undefined) return
    const asked = [...this.#watched.values()].filter(({ followers }) => hasWaiting(followers))
    this.#isPolling = true
    try {
      const found = await readPositions(asked.map(({ key }) => key))
      for (const [index, { followers }] of asked.entries()) {
        this.#wakeOutdated(followers, found[index])
      }
    } catch (error) {
      for (const { followers } of asked) {
        for (const follower of followers) this.#stopWaiting(follower)?.reject(error)
      }
    } finally {
      this.#isPolling = false
      if (this.#waiting > 0) this.#pollLater()
    }
  }

  #wakeOutdated(followers: ReadonlySet<Follower>, found: StreamCursor | undefined): void {
    for (const follower of followers) {
      const { waiting } = follower
      if (waiting !== undefined && !isSeen(waiting.seen, found)) this.#wake(follower)
    }
  }
}

/** The default time between two polls, so that a change is seen within 250 ms. */
export const DEFAULT_POLL_MS = 200

function hasWaiting(followers: ReadonlySet<Follower>): boolean {
  for (const { waiting } of followers) if (waiting !== undefined) return true
  return false
}

function isSeen(seen: StreamCursor | undefined, found: StreamCursor | undefined): boolean {
  return seen?.generation === found?.generation && (seen?.position ?? 0) >= (found?.position ?? 0)
}
