/**
 * Measures how long the current obstacle has been seen, on this process's monotonic clock: the
 * clocks of other processes may differ. It knows one obstacle at a time.
 */
export class LeaseTimer {
  #seen: { readonly name: string; readonly since: number; readonly random: number } | undefined

  /** The obstacle that was seen last. */
  get name(): string | undefined {
    return this.#seen?.name
  }

  /**
   * Returns the milliseconds that are left until the obstacle has been seen for `durationMs`.
   * Starts to measure if it is a new one.
   *
   * @param spread The largest random part by which the duration is longer. Default: 0.
   */
  timeLeft(name: string, durationMs: number, spread = 0): number {
    const now = performance.now()
    if (this.#seen?.name !== name) this.#seen = { name, since: now, random: Math.random() }
    const left = this.#seen.since + durationMs * (1 + spread * this.#seen.random) - now
    // A timer may fire early by the fraction of a millisecond that it rounds off.
    return left < 1 ? 0 : left
  }
}
