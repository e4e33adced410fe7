/** Reads the clock of the machine, also if a program has put another `Date` in place since. */
const machineTime = Date.now

/**
 * The clock by which records expire. It stops while a call decides and writes, so that a line of
 * the file is decided in the same way when it is replayed.
 */
export class Clock {
  #stoppedAt: number | undefined

  /** Returns the time in whole milliseconds since 1970. */
  now(): number {
    return this.#stoppedAt ?? machineTime()
  }

  stopAt(time: number): void {
    this.#stoppedAt = time
  }

  run(): void {
    this.#stoppedAt = undefined
  }

  /** Runs a work with the clock stopped at this moment. */
  async stopDuring<Result>(work: () => Promise<Result>): Promise<Result> {
    this.stopAt(this.now())
    try {
      return await work()
    } finally {
      this.run()
    }
  }
}
