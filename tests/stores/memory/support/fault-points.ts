/** Counts the steps of a process and kills it with SIGKILL at one of them. */
export class FaultPoints {
  readonly #fatal: number
  #passed = 0
  #armed = false

  /** @param fatal The number of the step at which to die, from 1. */
  constructor(fatal: number) {
    this.#fatal = fatal
  }

  /** Starts to count steps. Opening the store is covered by another test. */
  arm(): void {
    this.#armed = true
  }

  pass(): void {
    if (!this.#armed) return
    this.#passed += 1
    if (this.#passed !== this.#fatal) return
    process.kill(process.pid, 'SIGKILL')
    // The signal may take a moment to arrive, and nothing may happen in it.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}
