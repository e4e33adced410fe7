const FIRST_GUESS_MS = 0.5
const LONGEST_MS = 20
const WEIGHT_OF_LATEST = 0.1

/** Measures the duration of a step between the messages that it was started and saved. */
export class Pace {
  #stepMs = FIRST_GUESS_MS
  #startedAt = performance.now()

  start(): void {
    this.#startedAt = performance.now()
  }

  stop(): void {
    const latest = Math.min(performance.now() - this.#startedAt, LONGEST_MS)
    this.#stepMs += WEIGHT_OF_LATEST * (latest - this.#stepMs)
  }

  /**
   * The running average in milliseconds. It is limited because the supervisor waits for it in a
   * busy loop.
   */
  get stepMs(): number {
    return this.#stepMs
  }
}
