import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** A message to the thread. */
export type CheckpointRequest = 'checkpoint' | 'close'

/**
 * A thread with its own connection that makes the checkpoints of a database. It keeps the process
 * alive only during a checkpoint.
 */
export class CheckpointThread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #isClosing = false
  #running: PromiseWithResolvers<void> | undefined

  /** @param failed Called if the thread ends by itself or cannot start. */
  constructor(path: string, failed: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = promise
    // Not at module load: a CommonJS bundle has no such URL, and works without this thread.
    const script = new URL(`./checkpoint-worker${extname(import.meta.url)}`, import.meta.url)
    // Flags of the process, such as preloaded modules (also in NODE_OPTIONS), do not apply to this
    // thread.
    this.#worker = new Worker(script, { workerData: path, execArgv: [], env: {} })
    // Its only message is the end of a checkpoint.
    this.#worker.on('message', () => this.#over())
    // An error ends the thread, which `exit` handles.
    this.#worker.on('error', () => {})
    this.#worker.once('exit', () => {
      if (!this.#isClosing) failed()
      this.#over()
      resolve()
    })
    // After adding listeners, which would undo it.
    this.#worker.unref()
  }

  /** Makes a checkpoint. Resolves when it has ended, even if it failed. */
  checkpoint(): Promise<void> {
    this.#running = Promise.withResolvers()
    this.#worker.ref()
    this.#ask('checkpoint')
    return this.#running.promise
  }

  /** Closes the connection. Resolves when the thread has ended. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#worker.ref()
    this.#ask('close')
    await this.#ended
  }

  #ask(request: CheckpointRequest): void {
    this.#worker.postMessage(request)
  }

  #over(): void {
    this.#worker.unref()
    this.#running?.resolve()
    this.#running = undefined
  }
}
