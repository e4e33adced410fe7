/**
 * Remembers since when something has been in the way, by its own clock: those of other processes tell nothing. It knows
 * one thing at a time.
 */
export class FirstSight {
  #seen: { readonly name: string; readonly since: number; readonly chance: number } | undefined

  /** What was seen last. */
  get name(): string | undefined {
    return this.#seen?.name
  }

  /**
   * How many milliseconds are left until the thing has been in sight for so long.
   *
   * @param spread By how much of itself the duration is longer at most, at random. Default: 0.
   */
  timeLeft(name: string, durationMs: number, spread = 0): number {
    const now = performance.now()
    if (this.#seen?.name !== name) this.#seen = { name, since: now, chance: Math.random() }
    const left = this.#seen.since + durationMs * (1 + spread * this.#seen.chance) - now
    // A timer may be early by the fraction of a millisecond that it rounds away.
    return left < 1 ? 0 : left
  }
}
