import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel'
import { abortReason, isAborted } from './kit/abort-signal.ts'
import { HarborageError, isHarborageError } from './harborage-error.ts'
import type { Unsubscribe } from './event-bus.ts'
import { KnownNames } from './kit/argument-checks.ts'
import { readArguments } from './kit/read-arguments.ts'

/**
 * The stores whose operations are traced, open by declaration merging: a store adds itself with
 * `declare module '@harborage/core' { interface TracedStores { 'my-store': true } }`.
 */
export interface TracedStores {}

/** The name of a store, as its traces carry it. */
export type TracedStore = keyof TracedStores

/**
 * One operation of a store, as the subscribers of {@link operationChannel} see it: the same object in each of its
 * events. It never holds a payload, an identity, a kind or an id.
 */
export interface OperationTrace {
  readonly store: TracedStore
  /** The method of the store, such as `save`; `summarize` for what memory does in the background. */
  readonly operation: string
  /**
   * How it ended; `undefined` until then. After a success `ok`, or what a save answered. After a failure the code of
   * the error; `aborted` if the caller's signal ended it, `failed` if the error is not one of Harborage. A
   * summarisation ends as `summarized`, `aborted`, `summarizer_failed`, `summarizer_timed_out` or `invalid_summary`.
   */
  outcome: string | undefined
  /** How often the engine tried again: after a lost connection, a deadlock, a lock of another process. */
  retries: number
  /** How many calls shared the commit with this one, itself included. */
  batchSize: number
  /** Milliseconds from the call to its end; `undefined` until then. */
  durationMs: number | undefined
}

/** The name of {@link operationChannel}: its events are `tracing:harborage:operation:start` and so on. */
export const OPERATION_CHANNEL = 'harborage:operation'

/**
 * The tracing channel of all stores. Each operation publishes `start`, `end` once its synchronous part is over, `error`
 * if it failed, then `asyncStart` and `asyncEnd`, with one {@link OperationTrace} for all of them. While nobody
 * listens, nothing is made or measured. {@link listenToOperations} is the short way to it.
 */
export const operationChannel: TracingChannel<object, OperationTrace> = tracingChannel<
  object,
  OperationTrace
>(OPERATION_CHANNEL)

/** What {@link listenToOperations} takes. */
export interface OperationListeners {
  /** Called before an operation does anything. */
  readonly onStart?: (trace: OperationTrace) => void
  /** Called once it has ended, just before its caller is told. */
  readonly onEnd?: (trace: OperationTrace) => void
}

/**
 * Listens to the operations of every store of the process. Of what a listener throws Node makes an uncaught exception.
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
  // Whoever publishes on this channel is a copy of this package.
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
 * The operation that the calling code works for, or `undefined` if nobody listens. Engines note their retries and
 * batches on it; one that gathers calls into a batch asks when the call comes in.
 */
export function currentOperation(): OperationTrace | undefined {
  if (!operationChannel.hasSubscribers) return undefined
  const trace = current.getStore()
  // What an operation began and did not wait for goes on in its context.
  return trace?.outcome === undefined ? trace : undefined
}

/** What is traced: an operation of a store. */
export interface TracedOperation<Result> {
  readonly store: TracedStore
  readonly operation: string
  /** The caller's, to tell that the caller gave up. */
  readonly signal?: AbortSignal | undefined
  /** What is told of a success: a word from a closed set. Default: `ok`. */
  readonly outcomeOf?: ((result: Result) => string) | undefined
}

/** Makes a call and publishes how it goes. Ask `operationChannel.hasSubscribers` first: this is not free. */
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

/** As `tracePromise` of Node does, which would also publish the result and the error: payloads and keys. */
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
