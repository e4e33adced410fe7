/** The time for which a key is isolated after it blocked others. */
const ISOLATION_MS = 10_000
/** The largest number of remembered keys. */
const MAX_KEYS = 1_000

/**
 * The keys that have recently blocked other calls, mostly those of rows that other code locks.
 * Calls with such a key are sent by themselves.
 */
export class IsolatedKeys {
  /** The expiry time of each key, oldest first. */
  readonly #until = new Map<string, number>()

  /** Adds keys, and forgets the oldest ones above the limit. */
  add(keys: readonly string[]): void {
    for (const key of keys) {
      this.#until.delete(key)
      this.#until.set(key, performance.now() + ISOLATION_MS)
    }
    for (const key of this.#until.keys()) {
      if (this.#until.size <= MAX_KEYS) break
      this.#until.delete(key)
    }
  }

  /** Whether there are no isolated keys. */
  get isEmpty(): boolean {
    return this.#until.size === 0
  }

  /** Returns whether a key of the call is isolated. Reads the keys only if there are any. */
  includes(call: { readonly keys: readonly string[] }): boolean {
    if (this.#until.size === 0) return false
    const now = performance.now()
    for (const [key, until] of this.#until) {
      if (until > now) break
      this.#until.delete(key)
    }
    return this.#until.size > 0 && call.keys.some((key) => this.#until.has(key))
  }
}
