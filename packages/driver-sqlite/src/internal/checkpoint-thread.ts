import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** What the thread is asked. */
export type CheckpointRequest = 'checkpoint' | 'close'

/**
 * A thread with a connection of its own that makes the checkpoints of a database. It keeps the
 * process alive only while a checkpoint goes on.
 */
export class CheckpointThread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #isClosing = false
  #running: PromiseWithResolvers<void> | undefined

  /** @param failed Called if it ends by itself, or could not begin. */
  constructor(path: string, failed: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = promise
    // Not when the module is loaded: a bundle in CommonJS has no such URL, and shall go without
    // this thread.
    const script = new URL(`./checkpoint-worker${extname(import.meta.url)}`, import.meta.url)
    // What the process was started with, such as a module to load first (also in NODE_OPTIONS), is
    // not for this thread.
    this.#worker = new Worker(script, { workerData: path, execArgv: [], env: {} })
    // It says when a checkpoint is over, and nothing else.
    this.#worker.on('message', () => this.#over())
    // It ends the thread.
    this.#worker.on('error', () => {})
    this.#worker.once('exit', () => {
      if (!this.#isClosing) failed()
      this.#over()
      resolve()
    })
    // After the listeners, which would take it back.
    this.#worker.unref()
  }

  /** Makes a checkpoint; resolves when it is over, however it ended. */
  checkpoint(): Promise<void> {
    this.#running = Promise.withResolvers()
    this.#worker.ref()
    this.#ask('checkpoint')
    return this.#running.promise
  }

  /** Closes the connection, and resolves when the thread has ended. */
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
