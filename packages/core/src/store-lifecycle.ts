import { StoreClosedError } from './errors/errors.ts'

/**
 * What every store does around its calls: refuse them once it is closed, honour the caller's signal, and let those in
 * flight finish before the driver is released.
 */
export class StoreLifecycle {
  readonly #name: string
  #inFlight = 0
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined

  /** @param name The class name of the store, for messages. */
  constructor(name: string) {
    this.#name = name
  }

  /** @throws `store_closed` once {@link close} was called. */
  assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new StoreClosedError(`this ${this.#name} is closed: open a new one for further calls`)
    }
  }

  /** Runs one call, whose arguments were already checked. */
  async run<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    this.assertOpen()
    if (signal !== undefined) {
      signal.throwIfAborted()
      return rejectOnAbort(this.run(undefined, call), signal)
    }
    // Among those in flight until it ends, even if it throws before it gives a promise.
    this.#inFlight += 1
    try {
      return await call()
    } finally {
      this.#inFlight -= 1
      if (this.#inFlight === 0) this.#drained?.()
    }
  }

  /** Refuses further calls, waits for those in flight, then releases; every later call gives the same promise. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#drain().then(release)
    return this.#closing
  }

  async #drain(): Promise<void> {
    if (this.#inFlight === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#drained = resolve
    await promise
  }
}

function rejectOnAbort<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  return promise
}
