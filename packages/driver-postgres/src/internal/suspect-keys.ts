/** The time for which a key is suspect after it blocked others. */
const SUSPECT_MS = 10_000
/** The largest number of remembered keys. */
const MAX_SUSPECTS = 1_000

/** The keys that have recently blocked other calls, mostly those of rows that other code locks. */
export class SuspectKeys {
  /** The expiry time of each key, oldest first. */
  readonly #until = new Map<string, number>()

  /** Adds keys, and forgets the oldest ones above the limit. */
  add(keys: readonly string[]): void {
    for (const key of keys) {
      this.#until.delete(key)
      this.#until.set(key, performance.now() + SUSPECT_MS)
    }
    for (const key of this.#until.keys()) {
      if (this.#until.size <= MAX_SUSPECTS) break
      this.#until.delete(key)
    }
  }

  /** Whether there are no suspect keys. */
  get areNone(): boolean {
    return this.#until.size === 0
  }

  /** Returns whether a key of the call is suspect. Reads the keys only if there are suspects. */
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
