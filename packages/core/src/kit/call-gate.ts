import { HarborageError } from '../harborage-error.ts'
import { operationChannel, traceOperation, type TracedStore } from '../operation-trace.ts'
import { abortReason, isAborted, untilAborted } from './abort-signal.ts'
import { walkPages, type PageWalk } from './page-walk.ts'
import { asRefusal } from './read-arguments.ts'

/** What is known of a call once its arguments were checked. */
export interface CheckedCall {
  readonly signal: AbortSignal | undefined
}

/** What is known of a walk once its arguments were checked. */
export interface CheckedWalk extends CheckedCall {
  /** The most items of a page. */
  readonly limit: number
}

/** What a gate guards. */
export interface Guarded {
  /** What it is called in messages, such as `StateStore`. */
  readonly name: string
  /** The name under which its operations are traced. Default: they are not. */
  readonly tracedAs?: TracedStore
  /** The store itself, so that {@link assertStoreOpen} finds the gate. */
  readonly store?: object
}

const gates = new WeakMap<object, CallGate>()

/**
 * Checks that a store is open, for what makes its calls: a view, a typed slot. A store whose class is of another copy of
 * this package checks that by itself.
 *
 * @throws `store_closed` once the store was closed.
 */
export function assertStoreOpen(store: object): void {
  gates.get(store)?.assertOpen()
}

/**
 * Guards the calls of a store or a database: refuses them once it is closed, honors the caller's signal, traces them, and
 * lets those in flight finish before what is underneath is released.
 */
export class CallGate {
  readonly #name: string
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- stores add to the type
  readonly #tracedAs: TracedStore | undefined
  #inFlight = 0
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined

  constructor({ name, tracedAs, store }: Guarded) {
    this.#name = name
    this.#tracedAs = tracedAs
    if (store !== undefined) gates.set(store, this)
  }

  /** @throws `store_closed` once {@link close} was called. */
  assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closed()
  }

  /**
   * Makes a call: checks that the store is open, then the arguments, which may be anything, then works. The arguments are
   * captured before this returns.
   *
   * @param operation What it is traced as.
   * @param check Checks the arguments and returns what `work` needs of them.
   * @param outcomeOf What a success is traced as: a word from a closed set. Default: `ok`.
   * @throws `store_closed`; what the check throws; `invalid_record` if an argument cannot be read.
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
    } finally {
      this.leave()
    }
  }

  /**
   * Begins a walk, of which each page is a call of its own. The arguments are checked at once, not at the first step.
   *
   * @throws As {@link call}.
   */
  walk<Checked extends CheckedWalk, Item, Place>(
    operation: string,
    check: () => Checked,
    fetchPage: (checked: Checked, after: Place | undefined) => Promise<readonly Item[]>,
    walk: Pick<PageWalk<Item, Place>, 'placeOf' | 'bytesOf' | 'handOut'>,
  ): AsyncIterable<Item> {
    const checked = this.read(operation, check)
    const { signal, limit } = checked
    return walkPages({
      ...walk,
      pageSize: limit,
      signal,
      fetchPage: (after: Place | undefined) =>
        this.run(signal, () => fetchPage(checked, after), operation),
    })
  }

  /**
   * Checks that the store is open and then the arguments of a call, which may be anything.
   *
   * @throws `store_closed`; what the check throws; `invalid_record` if an argument cannot be read.
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

  /** Traces a call that was refused before it began. */
  refuse(operation: string, error: unknown): void {
    if (this.#tracedAs === undefined || !operationChannel.hasSubscribers) return
    const refused = traceOperation({ store: this.#tracedAs, operation }, async () => {
      throw error
    })
    refused.catch(() => {})
  }

  /**
   * Runs one call, whose arguments were already checked.
   *
   * @param operation What it is traced as. Default: it is not traced.
   * @param outcomeOf What a success is traced as: a word from a closed set. Default: `ok`.
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
    // Among those in flight until it ends, even if it throws before it returns a promise.
    this.#inFlight += 1
    try {
      return await call()
    } finally {
      this.leave()
    }
  }

  /**
   * Begins a call that is neither traced nor can be given up, without a function for it. {@link leave} has to follow.
   *
   * @throws `store_closed`
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

  /** Refuses further calls, waits for those in flight, then releases; every later call returns the same promise. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#drain().then(release)
    return this.#closing
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
