import { abortReason, isAborted, onAbort } from './abort-signal.ts'
import { HarborageError } from '../harborage-error.ts'
import { operationChannel, traceOperation, type TracedStore } from '../operation-trace.ts'
import { readArguments } from './read-arguments.ts'

/**
 * What every store does around its calls: refuse them once it is closed, honour the caller's signal, and let those in
 * flight finish before the driver is released.
 */
export class CallGate {
  readonly #name: string
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- stores add to the type
  readonly #store: TracedStore | undefined
  #inFlight = 0
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined

  /**
   * @param name The class name of the store, for messages.
   * @param store What its operations are traced under. Default: they are not.
   */
  constructor(name: string, store?: TracedStore) {
    this.#name = name
    this.#store = store
  }

  /** @throws `store_closed` once {@link close} was called. */
  assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new HarborageError(
        'store_closed',
        `this ${this.#name} is closed: open a new one for further calls`,
      )
    }
  }

  /**
   * Checks that the store is open and then the arguments of a call, which may be anything.
   *
   * @throws `store_closed`; what the check throws; `invalid_record` if an argument cannot be read.
   */
  read<Checked>(operation: string, check: () => Checked): Checked {
    try {
      this.assertOpen()
      return readArguments(check)
    } catch (error) {
      this.refuse(operation, error)
      throw error
    }
  }

  /** Traces a call that was refused before it began. */
  refuse(operation: string, error: unknown): void {
    if (this.#store === undefined || !operationChannel.hasSubscribers) return
    const refused = traceOperation({ store: this.#store, operation }, async () => {
      throw error
    })
    refused.catch(() => {})
  }

  /**
   * Runs one call, whose arguments were already checked.
   *
   * @param operation What it is traced as. Default: it is not traced.
   * @param outcomeOf What is told of a success: a word from a closed set. Default: `ok`.
   */
  run<T>(
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
    operation?: string,
    outcomeOf?: (result: T) => string,
  ): Promise<T> {
    const store = operationChannel.hasSubscribers ? this.#store : undefined
    if (store === undefined || operation === undefined) return this.#run(signal, call)
    const traced = { store, operation, signal, outcomeOf }
    return traceOperation(traced, () => this.#run(signal, call))
  }

  async #run<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    this.assertOpen()
    if (signal !== undefined) {
      if (isAborted(signal)) throw abortReason(signal)
      return rejectOnAbort(this.#run(undefined, call), signal)
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
  const forget = onAbort(signal, () => reject(abortReason(signal)))
  running.then(
    (result) => {
      forget()
      resolve(result)
    },
    (error: unknown) => {
      forget()
      reject(error)
    },
  )
  return promise
}
