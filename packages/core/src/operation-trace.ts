import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel'
import { abortReason, isAborted } from './kit/abort-signal.ts'
import { HarborageError, isHarborageError } from './harborage-error.ts'
import type { Unsubscribe } from './event-bus.ts'
import { KnownNames, readArguments } from './kit/argument-checks.ts'

/**
 * The stores whose operations are traced, extensible by declaration merging. A store adds itself
 * with `declare module '@harborage/core' { interface TracedStores { 'my-store': true } }`.
 */
export interface TracedStores {
  /** The steps of {@link commitTogether}, which are of several stores. */
  readonly steps: true
}

/** The name of a store in its traces. */
export type TracedStore = keyof TracedStores

/**
 * One operation of a store, as subscribers of {@link operationChannel} receive it. All events of an
 * operation carry the same object. It never contains a payload, an identity, a kind or an id.
 */
export interface OperationTrace {
  /** The store, such as `state`. */
  readonly store: TracedStore
  /**
   * The method of the store, such as `save`, or `summarize` for summaries made in the background.
   */
  readonly operation: string
  /**
   * The outcome, or `undefined` while the operation runs. After a success it is `ok`, or what a
   * save resolved to. After a failure it is the code of the error, `aborted` if the caller's signal
   * ended the call, or `failed` if the error is not a {@link HarborageError}. A summary ends as
   * `summarized`, `aborted`, `summarizer_failed`, `summarizer_timed_out`, `summary_too_large` or
   * `invalid_summary`.
   */
  outcome: string | undefined
  /**
   * The number of retries by the engine, after a lost connection, a deadlock or a lock of another
   * process.
   */
  retries: number
  /** The number of calls that shared the commit, including this one. */
  batchSize: number
  /** The duration in milliseconds, or `undefined` while the operation runs. */
  durationMs: number | undefined
}

/**
 * The name of {@link operationChannel}. Its events are named `tracing:harborage:operation:start`
 * and so on.
 */
export const OPERATION_CHANNEL = 'harborage:operation'

/**
 * The tracing channel of all stores, from `node:diagnostics_channel`. Each operation publishes
 * `start`, `end` after its synchronous part, `error` if it failed, then `asyncStart` and
 * `asyncEnd`, all with the same {@link OperationTrace}. While there is no subscriber, nothing is
 * recorded or measured. {@link listenToOperations} subscribes to the two events that most listeners
 * need.
 */
export const operationChannel: TracingChannel<object, OperationTrace> = tracingChannel<
  object,
  OperationTrace
>(OPERATION_CHANNEL)

/** The argument of {@link listenToOperations}. */
export interface OperationListeners {
  /** Called before an operation begins. */
  readonly onStart?: (trace: OperationTrace) => void
  /** Called once an operation has ended, just before its promise settles. */
  readonly onEnd?: (trace: OperationTrace) => void
}

/**
 * Listens to the operations of every store in this process. Returns a function that stops
 * listening. Node turns an error of a listener into an uncaught exception.
 *
 * @throws `invalid_record` if a listener is not a function.
 *
 * @example
 * ```ts
 * import { listenToOperations } from '@harborage/core'
 * import { openStateStore } from '@harborage/state'
 *
 * const stop = listenToOperations({
 *   onEnd({ store, operation, outcome }) {
 *     console.log(`${store}.${operation}: ${outcome}`) // 'state.load: ok'
 *   },
 * })
 * await using state = await openStateStore()
 * await state.load({ tenantId: 'acme', userId: 'ann', sessionId: 's1' }, 'task.checkpoint')
 * stop()
 * ```
 */
export function listenToOperations(listeners: OperationListeners): Unsubscribe {
  const { onStart, onEnd } = readArguments(() => checkListeners(listeners))
  // Only copies of this package publish on this channel.
  const called = (listener: OperationListeners['onEnd']) => (trace: unknown) =>
    listener?.(trace as OperationTrace)
  const started = called(onStart)
  const ended = called(onEnd)
  operationChannel.start.subscribe(started)
  operationChannel.asyncEnd.subscribe(ended)
  return () => {
    operationChannel.start.unsubscribe(started)
    operationChannel.asyncEnd.unsubscribe(ended)
  }
}

const listenerNames = new KnownNames('listeners', ['onStart', 'onEnd'])

function checkListeners(listeners: OperationListeners): OperationListeners {
  const { onStart, onEnd } = listeners
  listenerNames.check(listeners)
  for (const [name, listener] of Object.entries({ onStart, onEnd })) {
    if (listener !== undefined && typeof listener !== 'function') {
      throw new HarborageError(
        'invalid_record',
        `${name} is not a function: pass one, or leave it out`,
      )
    }
  }
  return { ...(onStart && { onStart }), ...(onEnd && { onEnd }) }
}

const current = new AsyncLocalStorage<OperationTrace>()

/**
 * Returns the operation that the calling code works for, or `undefined` if there is no subscriber.
 * Engines record retries and batch sizes on it. An engine that collects calls into batches has to
 * ask when a call arrives.
 */
export function currentOperation(): OperationTrace | undefined {
  if (!operationChannel.hasSubscribers) return undefined
  const trace = current.getStore()
  // Work that an operation started without awaiting it keeps its context.
  return trace?.outcome === undefined ? trace : undefined
}

/** An operation of a store that is to be traced. */
export interface TracedOperation<Result> {
  readonly store: TracedStore
  readonly operation: string
  /** The signal of the caller, which tells an abort from a failure. */
  readonly signal?: AbortSignal | undefined
  /** Returns the outcome of a success: a word from a closed set. Default: `ok`. */
  readonly outcomeOf?: ((result: Result) => string) | undefined
}

/**
 * Makes a call and publishes its progress. Check `operationChannel.hasSubscribers` first: tracing
 * has a cost.
 */
export async function traceOperation<Result>(
  { store, operation, signal, outcomeOf = ok }: TracedOperation<Result>,
  call: () => Promise<Result>,
): Promise<Result> {
  const trace: OperationTrace = {
    store,
    operation,
    outcome: undefined,
    retries: 0,
    batchSize: 1,
    durationMs: undefined,
  }
  const startedAt = performance.now()
  try {
    const result = await start(trace, call)
    trace.outcome = outcomeOf(result)
    return result
  } catch (failure) {
    trace.outcome = outcomeOfFailure(failure, signal)
    operationChannel.error.publish(trace)
    throw failure
  } finally {
    trace.durationMs = performance.now() - startedAt
    operationChannel.asyncStart.publish(trace)
    operationChannel.asyncEnd.publish(trace)
  }
}

/**
 * Makes a call for several operations at once. What an engine records meanwhile counts for each of
 * them.
 *
 * @param operations Those of {@link currentOperation} when the operations arrived.
 */
export function shareTrace<Result>(
  operations: readonly OperationTrace[],
  call: () => Promise<Result>,
): Promise<Result> {
  const [first] = operations
  // Not traced: no promise of its own around that of the call.
  return first === undefined ? call() : share(first, operations, call)
}

async function share<Result>(
  first: OperationTrace,
  operations: readonly OperationTrace[],
  call: () => Promise<Result>,
): Promise<Result> {
  const shared: OperationTrace = { ...first, outcome: undefined, retries: 0, batchSize: 1 }
  try {
    return await current.run(shared, call)
  } finally {
    for (const operation of operations) {
      operation.retries += shared.retries
      operation.batchSize = Math.max(operation.batchSize, shared.batchSize)
    }
  }
}

/**
 * Starts the call. Node's own `tracePromise` would also publish the result and the error, which
 * contain payloads and keys.
 */
function start<Result>(trace: OperationTrace, call: () => Promise<Result>): Promise<Result> {
  return operationChannel.start.runStores(trace, () => {
    try {
      return current.run(trace, call)
    } finally {
      operationChannel.end.publish(trace)
    }
  })
}

function ok(): string {
  return 'ok'
}

function outcomeOfFailure(error: unknown, signal: AbortSignal | undefined): string {
  if (isHarborageError(error)) return error.code
  const isGivenUp = signal !== undefined && isAborted(signal) && error === abortReason(signal)
  return isGivenUp ? 'aborted' : 'failed'
}
