import { isShortOfFiles } from './fs-errors.ts'
import { retryWhile } from './retry-while.ts'

/**
 * The largest number of files and folders that all stores of this process have open at a time.
 * It is far below common limits of a process (1,024, or at least 256), and far above the number of
 * operations that Node.js runs concurrently.
 */
const MAX_OPEN = 64

/** An open file or folder. */
interface Closable {
  close(): Promise<void>
}

let open = 0
const waiting: (() => void)[] = []

/**
 * Limits the number of open files. Further calls wait in order. If other code uses up the file
 * descriptors of the process or the system, opening is retried for a while.
 */
export class FileGate {
  readonly #timeoutMs: number

  /** @param timeoutMs The time limit for retries while no file can be opened. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /**
   * Opens a file, calls `work` with it and closes it. `work` must not open another one through this
   * gate.
   */
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

  /** Retries a call that itself opens files, as long as no file can be opened. */
  whileShort<Result>(work: () => Promise<Result>): Promise<Result> {
    return retryWhile(isShortOfFiles, this.#timeoutMs, work)
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

/** Admits the call that has waited longest. */
function leave(): void {
  const next = waiting.shift()
  if (next === undefined) open -= 1
  else next()
}
