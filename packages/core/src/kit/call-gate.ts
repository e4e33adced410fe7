import { HarborageError } from '../harborage-error.ts'
import { operationChannel, traceOperation, type TracedStore } from '../operation-trace.ts'
import { abortReason, isAborted, onAbort, untilAborted } from './abort-signal.ts'
import { walkPages, type PageWalk } from './page-walk.ts'
import { asRefusal } from './argument-checks.ts'
import { CallerFailure } from './caller-failure.ts'
import { asDriverFailure } from './driver-failure.ts'

/** The checked arguments of a call. */
export interface CheckedCall {
  readonly signal: AbortSignal | undefined
}

/** The checked arguments of a walk. */
export interface CheckedWalk extends CheckedCall {
  /** The largest number of items in a page. */
  readonly limit: number
  /** That of later pages, while items are small. Default: the same. */
  readonly growsTo?: number | undefined
  /** The largest number of items of all pages together. Default: no limit. */
  readonly total?: number | undefined
}

/** The store or database that a gate guards. */
export interface Guarded {
  /** Its name in error messages, such as `StateStore`. */
  readonly name: string
  /** The store name of its traces. Default: its calls are not traced. */
  readonly tracedAs?: TracedStore
  /**
   * The store object, by which {@link assertStoreOpen} finds the gate. With it, an error of the
   * driver that is not a HarborageError becomes the cause of a `driver_failed`.
   */
  readonly store?: object
}

const gates = new WeakMap<object, CallGate>()

/**
 * Checks that a store is open, for objects that call it, such as a view or a typed slot. A store of
 * another copy of this package is unknown here: it checks that by itself.
 *
 * @throws `store_closed` if the store was closed.
 */
export function assertStoreOpen(store: object): void {
  gates.get(store)?.assertOpen()
}

/**
 * Settles as the promise does, which is that of a user's code, such as a schema. Rejects sooner
 * with the reason of the signal once that is aborted, or with `store_closed` once the store is
 * closed. A store of another copy of this package is unknown here.
 */
export function whileOpen<Result>(
  store: object,
  signal: AbortSignal | undefined,
  running: Promise<Result>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const forgetSignal = signal === undefined ? undefined : rejectOnAbort(signal, reject)
  const forgetStore = gates.get(store)?.onClose(reject)
  running.then(resolve, reject)
  return promise.finally(() => {
    forgetSignal?.()
    forgetStore?.()
  })
}

function rejectOnAbort(signal: AbortSignal, reject: (reason: unknown) => void): () => void {
  if (!isAborted(signal)) return onAbort(signal, () => reject(abortReason(signal)))
  reject(abortReason(signal))
  return () => {}
}

/**
 * Guards the calls of a store or a database. It rejects calls after closing, honors the caller's
 * signal and traces calls. Closing waits for calls in flight before it releases resources.
 */
export class CallGate {
  readonly #name: string
  readonly #tracedAs: TracedStore | undefined
  #inFlight = 0
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined
  readonly #closeListeners = new Set<(error: HarborageError) => void>()
  /** Whether it guards a store. The errors of a database have meanings that stores know. */
  readonly #isOfStore: boolean

  constructor({ name, tracedAs, store }: Guarded) {
    this.#name = name
    this.#tracedAs = tracedAs
    this.#isOfStore = store !== undefined
    if (store !== undefined) gates.set(store, this)
  }

  /**
   * Checks that it is open.
   *
   * @throws `store_closed` once {@link close} was called.
   */
  assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closed()
  }

  /**
   * Makes a call: checks that the store is open, checks the arguments, then does the work. The
   * arguments are captured before this method returns.
   * @param operation The name of the operation in traces.
   * @param check Checks the arguments and returns what `work` needs of them.
   * @param outcomeOf Returns the traced outcome of a success: a word from a closed set. Default:
   * `ok`.
   * @throws `store_closed`; the errors of `check`; `invalid_record` if an argument cannot be read;
   * `driver_failed` if `work` of a store throws anything but a HarborageError.
   */
  async call<Checked extends CheckedCall, Result>(
    operation: string,
    check: () => Checked,
    work: (checked: Checked) => Promise<Result>,
    outcomeOf?: (result: Result) => string,
  ): Promise<Result> {
    const checked = this.read(operation, check)
    if (checked.signal !== undefined || operationChannel.hasSubscribers) {
      return this.run(checked.signal, () => work(checked), operation, outcomeOf)
    }
    this.#inFlight += 1
    try {
      return await work(checked)
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.leave()
    }
  }

  /**
   * Begins a walk that fetches each page as a separate call. The arguments are checked at once, and
   * not at the first step.
   *
   * @param operation The name of the operation in traces.
   * @param fetchPage Fetches up to `limit` items after the given place, or the first ones. The
   * limit is that of the checked arguments, `growsTo` at most, or what is left of their `total`.
   *
   * @throws `store_closed`; the errors of `check`; `invalid_record` if an argument cannot be read.
   */
  walk<Checked extends CheckedWalk, Item extends NonNullable<unknown>, Place>(
    operation: string,
    check: () => Checked,
    fetchPage: (
      checked: Checked,
      after: Place | undefined,
      limit: number,
    ) => Promise<readonly Item[]>,
    walk: Pick<PageWalk<Item, Place>, 'placeOf' | 'bytesOf' | 'handOut'>,
  ): AsyncIterable<Item> {
    const checked = this.read(operation, check)
    const { signal, limit: pageSize, growsTo, total } = checked
    return walkPages({
      ...walk,
      pageSize,
      growsTo,
      total,
      signal,
      fetchPage: (after: Place | undefined, limit: number) =>
        this.run(signal, () => fetchPage(checked, after, limit), operation),
    })
  }

  /**
   * Checks that the store is open, then the arguments of a call.
   *
   * @param operation The name of the call in traces.
   * @throws `store_closed`; the errors of `check`; `invalid_record` if an argument cannot be read.
   */
  read<Checked>(operation: string, check: () => Checked): Checked {
    try {
      if (this.#closing !== undefined) throw this.#closed()
      return check()
    } catch (error) {
      const refusal = asRefusal(error)
      this.refuse(operation, refusal)
      throw refusal
    }
  }

  /**
   * Traces a call that was rejected before it began.
   *
   * @param operation The name of the call in traces.
   * @param error What it was rejected with.
   */
  refuse(operation: string, error: unknown): void {
    if (this.#tracedAs === undefined || !operationChannel.hasSubscribers) return
    const refused = traceOperation({ store: this.#tracedAs, operation }, async () => {
      throw error
    })
    refused.catch(() => {})
  }

  /**
   * Runs a call whose arguments were checked.
   *
   * @param operation The name of the operation in traces. Default: the call is not traced.
   * @param outcomeOf Returns the traced outcome of a success: a word from a closed set. Default:
   * `ok`.
   */
  run<Result>(
    signal: AbortSignal | undefined,
    call: () => Promise<Result>,
    operation?: string,
    outcomeOf?: (result: Result) => string,
  ): Promise<Result> {
    const store = operationChannel.hasSubscribers ? this.#tracedAs : undefined
    if (store === undefined || operation === undefined) return this.#run(signal, call)
    const traced = { store, operation, signal, outcomeOf }
    return traceOperation(traced, () => this.#run(signal, call))
  }

  async #run<Result>(
    signal: AbortSignal | undefined,
    call: () => Promise<Result>,
  ): Promise<Result> {
    if (this.#closing !== undefined) throw this.#closed()
    if (signal !== undefined) {
      if (isAborted(signal)) throw abortReason(signal)
      return untilAborted(signal, this.#run(undefined, call))
    }
    // In flight until it ends, even if it throws before it returns a promise.
    this.#inFlight += 1
    try {
      return await call()
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.leave()
    }
  }

  /**
   * Begins a call that is neither traced nor canceled by a signal. {@link leave} has to follow.
   * @throws `store_closed` if it was closed.
   */
  enter(): void {
    if (this.#closing !== undefined) throw this.#closed()
    this.#inFlight += 1
  }

  /** Ends a call that began with {@link enter}. */
  leave(): void {
    this.#inFlight -= 1
    if (this.#inFlight === 0) this.#drained?.()
  }

  /**
   * Rejects further calls, waits for those in flight, then calls `release`. Idempotent: later calls
   * return the same promise.
   */
  close(release: () => Promise<void>): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#release(release)
      for (const listener of this.#closeListeners) listener(this.#closed())
      this.#closeListeners.clear()
    }
    return this.#closing
  }

  /**
   * Calls the listener once {@link close} is called, with the error of later calls. Returns a
   * function that removes the listener.
   */
  onClose(listener: (error: HarborageError) => void): () => void {
    if (this.#closing === undefined) this.#closeListeners.add(listener)
    else listener(this.#closed())
    return () => void this.#closeListeners.delete(listener)
  }

  async #release(release: () => Promise<void>): Promise<void> {
    await this.#drain()
    try {
      await release()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): unknown {
    if (error instanceof CallerFailure) return error.cause
    return this.#isOfStore ? asDriverFailure(error) : error
  }

  #closed(): HarborageError {
    return new HarborageError(
      'store_closed',
      `this ${this.#name} is closed: open a new one for further calls`,
    )
  }

  async #drain(): Promise<void> {
    if (this.#inFlight === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#drained = resolve
    await promise
  }
}
