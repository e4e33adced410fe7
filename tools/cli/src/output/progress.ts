import type { Terminal } from '../streams.ts'
import { countText } from './quantities.ts'

/** How often the line is written again, in milliseconds. */
const INTERVAL_MS = 200
/** Work that is over sooner shows nothing. */
const QUIET_MS = 500
const CLEAR_LINE = '\r\u001b[2K'

/**
 * One line on a terminal that says how far a long work is: the number of records, the rate, and the
 * time left if the total is known. Where there is no terminal, it says nothing.
 */
export class Progress {
  readonly #terminal: Terminal
  readonly #what: string
  readonly #total: number | undefined
  readonly #began = performance.now()
  #written = 0

  /**
   * @param terminal Where to write, usually the standard error.
   * @param what What is done, such as `erasing state`.
   * @param total The number of records in all, if it is known.
   */
  constructor(terminal: Terminal, what: string, total?: number) {
    this.#terminal = terminal
    this.#what = what
    this.#total = total
  }

  /** Shows how many records are done. */
  show(done: number): void {
    const now = performance.now()
    const isDue = now - this.#began >= QUIET_MS && now - this.#written >= INTERVAL_MS
    if (this.#terminal.isTTY !== true || !isDue) return
    this.#written = now
    this.#terminal.write(CLEAR_LINE + this.#textOf(done, (now - this.#began) / 1000))
  }

  /** Clears the line. */
  end(): void {
    if (this.#written > 0) this.#terminal.write(CLEAR_LINE)
    this.#written = 0
  }

  #textOf(done: number, seconds: number): string {
    const rate = done / seconds
    const total = this.#total
    const parts = [
      `${this.#what}: ${countText(done)}${total === undefined ? '' : ` of ${countText(total)}`}`,
      `${countText(Math.round(rate))}/s`,
      ...(total === undefined || rate === 0
        ? []
        : [`${durationText(Math.max(0, total - done) / rate)} left`]),
    ]
    return parts.join(', ').slice(0, Math.max(20, (this.#terminal.columns ?? 80) - 1))
  }
}

/** Returns a number of seconds as `3 s`, `2 min` or `1 h 20 min`. */
function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
