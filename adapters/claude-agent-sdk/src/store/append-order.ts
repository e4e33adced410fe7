/** Runs work on one key in the order in which it was passed, and work on different keys at once. */
export class AppendOrder {
  /** Resolves with the end of the last work on each key, also if it fails. */
  readonly #last = new Map<string, Promise<void>>()

  /** Runs work once all earlier work on the key is done. */
  async run(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last.set(key, promise)
    try {
      await before
      await work()
    } finally {
      if (this.#last.get(key) === promise) this.#last.delete(key)
      resolve()
    }
  }
}
