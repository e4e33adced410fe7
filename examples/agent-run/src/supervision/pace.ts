const FIRST_GUESS_MS = 0.5
const LONGEST_MS = 20
const WEIGHT_OF_LATEST = 0.1

/** Measures how long a step takes, between hearing that it was started and that it was saved. */
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

  /** A running average in milliseconds, never long: someone waits for it in a loop. */
  get stepMs(): number {
    return this.#stepMs
  }
}
