import { setTimeout as delay } from 'node:timers/promises'
import { isShortOfFiles } from './fs-errors.ts'

/**
 * How many files and folders this process has open at a time, for all of its stores together. It is
 * far below what a process may have open (1,024 is common, 256 the least), and far above what
 * Node.js works on at once.
 */
const MAX_OPEN = 64

/** How long to wait between two attempts, in milliseconds; the last one repeats. */
const PAUSES_MS = [5, 10, 20, 50] as const

/** Something that is open until it is closed. */
interface Closable {
  close(): Promise<void>
}

let open = 0
const waiting: (() => void)[] = []

/**
 * Bounds how many files are open at once: whoever comes beyond that waits in turn. Where the
 * process, or the system, has none left all the same, since other code has them, an attempt is
 * repeated for a while.
 */
export class FileGate {
  readonly #timeoutMs: number

  /** @param timeoutMs How long to go on trying while no file can be opened. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Opens something, uses it and closes it. What uses it must not open anything else here. */
  async use<Opened extends Closable, Result>(
    opening: () => Promise<Opened>,
    work: (opened: Opened) => Promise<Result>,
  ): Promise<Result> {
    await enter()
    try {
      const opened = await this.whileShort(opening)
      try {
        return await work(opened)
      } finally {
        await opened.close()
      }
    } finally {
      leave()
    }
  }

  /** Repeats a call that opens files by itself as long as there is none left. */
  async whileShort<Result>(work: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + this.#timeoutMs
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        if (!isShortOfFiles(error) || performance.now() >= deadline) throw error
      }
      await delay(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)])
    }
  }
}

async function enter(): Promise<void> {
  if (open < MAX_OPEN) {
    open += 1
    return
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting.push(resolve)
  await promise
}

/** Hands the place on to the one that has waited longest. */
function leave(): void {
  const next = waiting.shift()
  if (next === undefined) open -= 1
  else next()
}
