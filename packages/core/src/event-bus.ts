import { isError } from './kit/caught-error.ts'
import { HarborageError } from './harborage-error.ts'
import type { Identity } from './identity.ts'
import { describeType } from './kit/argument-checks.ts'
import { readArguments } from './kit/read-arguments.ts'

/**
 * The events by `type`, each with its payload. Packages that publish events add theirs by declaration merging:
 * `declare module '@harborage/core' { interface HarborageEvents { 'my.event': { readonly count: number } } }`.
 */
export interface HarborageEvents {}

/** One thing that happened to an identity's data. It never carries a payload of the stores. */
export interface HarborageEvent<Type extends string = string> {
  readonly type: Type
  readonly identity: Identity
  readonly occurredAt: Date
  readonly payload: Type extends keyof HarborageEvents ? HarborageEvents[Type] : unknown
}

/** Which events a listener wants: those that equal every given field. An empty filter takes all. */
export interface EventFilter<Type extends string = string> {
  /** Only events of this type. Default: of any. */
  readonly type?: Type
  /** Only events of this tenant. Default: of any. */
  readonly tenantId?: string
  /** Only events of this user. Default: of any. */
  readonly userId?: string
  /** Only events of this session. Default: of any. */
  readonly sessionId?: string
}

/** What a subscriber hands in. */
export type EventListener<Type extends string = string> = (
  event: HarborageEvent<Type>,
) => void | Promise<void>

/** Ends a subscription at once, also while an event is published; calling it again does nothing. */
export type Unsubscribe = () => void

/** Where stores publish what happened. Implement it to forward events to a broker of your own. */
export interface EventBus {
  /** Hands an event to every listener whose filter accepts it. */
  publish(event: HarborageEvent): void | Promise<void>
  /**
   * Calls the listener with every later event that the filter accepts, until the returned function
   * is called.
   */
  subscribe<Type extends string>(
    filter: EventFilter<Type>,
    listener: EventListener<Type>,
  ): Unsubscribe
}

/** Options of {@link createEventBus}. */
export interface EventBusOptions {
  /**
   * Gets what a listener threw. If it fails itself, that is a warning. Default: a Node process warning that names the type
   * of the event.
   */
  readonly onListenerError?: (error: unknown, event: HarborageEvent) => void | Promise<void>
}

/**
 * Makes an {@link EventBus} within this process. A listener that throws or rejects breaks neither the publisher nor
 * the other listeners; `publish` returns once every listener was called and does not wait for asynchronous ones.
 *
 * @example
 * ```ts
 * import { createEventBus } from '@harborage/core'
 *
 * const bus = createEventBus()
 * const unsubscribe = bus.subscribe({ tenantId: 'acme' }, (event) => console.log(event.type))
 * unsubscribe()
 * ```
 */
export function createEventBus(options: EventBusOptions = {}): EventBus {
  const subscriptions = new Set<Subscription>()
  const onListenerError = readArguments(() => checkErrorListener(options)) ?? warn
  // A reporting function that fails itself does not break the publisher either.
  const report: ErrorReport = (error, event) =>
    callGuarded(
      () => onListenerError(error, event),
      (failure) => warn(failure, event),
    )
  return {
    publish(event) {
      readArguments(() => checkEvent(event))
      // A copy, so that a listener which subscribes while it is called does not get this very event.
      for (const subscription of [...subscriptions]) {
        if (!subscriptions.has(subscription)) continue
        const call = readArguments(() => subscription(event))
        if (call !== undefined) callGuarded(call, (error) => report(error, event))
      }
    },
    subscribe(filter, listener) {
      const subscription = readArguments(() => createSubscription(filter, listener))
      subscriptions.add(subscription)
      return () => void subscriptions.delete(subscription)
    },
  }
}

/** Gives the call of its listener if it wants the event. */
type Subscription = (event: HarborageEvent) => (() => unknown) | undefined

function createSubscription<Type extends string>(
  filter: EventFilter<Type>,
  listener: EventListener<Type>,
): Subscription {
  if (typeof listener !== 'function') {
    throw new HarborageError(
      'invalid_record',
      `listener is ${describeType(listener)}: pass a function`,
    )
  }
  const { type, tenantId, userId, sessionId } = filter
  const wants = (event: HarborageEvent): event is HarborageEvent<Type> =>
    (type === undefined || type === event.type) &&
    (tenantId === undefined || tenantId === event.identity.tenantId) &&
    (userId === undefined || userId === event.identity.userId) &&
    (sessionId === undefined || sessionId === event.identity.sessionId)
  return (event) => (wants(event) ? () => listener(event) : undefined)
}

function checkEvent({ type, identity }: HarborageEvent): void {
  if (typeof type !== 'string') {
    throw new HarborageError('invalid_record', `event.type is ${describeType(type)}: pass a string`)
  }
  const whose: unknown = identity
  if (typeof whose !== 'object' || whose === null) {
    throw new HarborageError(
      'invalid_record',
      `event.identity is ${describeType(whose)}: pass an identity`,
    )
  }
}

function checkErrorListener({ onListenerError }: EventBusOptions): ErrorReport | undefined {
  if (onListenerError === undefined || typeof onListenerError === 'function') return onListenerError
  throw new HarborageError(
    'invalid_record',
    'onListenerError is not a function: pass one, or leave it out',
  )
}

type ErrorReport = NonNullable<EventBusOptions['onListenerError']>

/** Calls a function of the application, which may fail at once or later. */
function callGuarded(call: () => unknown, onFailure: (error: unknown) => unknown): void {
  try {
    const answer = call()
    // What is not written in TypeScript may answer anything, a foreign promise included.
    if (answer !== undefined) Promise.resolve(answer).catch(onFailure)
  } catch (error) {
    onFailure(error)
  }
}

function warn(error: unknown, event: HarborageEvent): void {
  process.emitWarning(`a listener of "${typeOf(event)}" failed with ${kindOf(error)}`, {
    code: 'HARBORAGE_LISTENER_FAILED',
  })
}

/** Read again, so it may be anything by now. */
function typeOf(event: HarborageEvent): string {
  try {
    const type: unknown = event.type
    return typeof type === 'string' ? type : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** What a listener throws may let nobody look at it. */
function kindOf(error: unknown): string {
  try {
    return isError(error) ? String(error.name) : typeof error
  } catch {
    return typeof error
  }
}
