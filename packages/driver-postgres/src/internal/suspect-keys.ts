/** How long a key is suspected after it last was in the way. */
const SUSPECT_MS = 10_000
/** The most keys that are remembered. */
const MAX_SUSPECTS = 1_000

/** Remembers which keys were in the way of others lately: mostly those of a row that other code locks. */
export class SuspectKeys {
  /** Each with the time at which it is forgotten, oldest first. */
  readonly #until = new Map<string, number>()

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

  get areNone(): boolean {
    return this.#until.size === 0
  }

  /** Tells whether one of the keys is suspected. The keys are asked for only while there are suspects. */
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
