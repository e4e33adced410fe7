/** The largest number of streams that are known. */
const MAX_KNOWN = 10_000

/**
 * Knows streams of which this process has seen that they may expire. It only chooses statements: a
 * stream that is known for no reason costs a little more, and one that is not known is found anew.
 */
export class ExpiringStreams {
  readonly #ids = new Set<string>()

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Notes whether a stream may expire. */
  note(id: string, mayExpire: boolean): void {
    this.#ids.delete(id)
    if (!mayExpire) return
    // Last in the order of the set: those that were not used for longest go first.
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > MAX_KNOWN && oldest !== undefined) this.#ids.delete(oldest)
  }
}
