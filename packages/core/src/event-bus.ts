import { isError } from './kit/caught-error.ts'
import { HarborageError } from './harborage-error.ts'
import type { Identity } from './identity.ts'
import { describeType, KnownNames, readArguments } from './kit/argument-checks.ts'

/**
 * The payload of each type of event. Packages that publish events add theirs by declaration
 * merging.
 *
 * @example
 * ```ts
 * declare module '@harborage/core' {
 *   interface HarborageEvents {
 *     'my.event': { readonly count: number }
 *   }
 * }
 * ```
 */
export interface HarborageEvents {}

/** Something that happened to the data of one identity. It never carries stored content. */
export interface HarborageEvent<Type extends string = string> {
  /** The type of the event, such as `memory.health_changed`. */
  readonly type: Type
  /** The identity whose data the event is about. */
  readonly identity: Identity
  /** The time of the event, by the clock of the publishing process. */
  readonly occurredAt: Date
  /** Details of the event, as {@link HarborageEvents} types them. */
  readonly payload: Type extends keyof HarborageEvents ? HarborageEvents[Type] : unknown
}

/** Selects the events whose fields equal every given field. An empty filter selects all events. */
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

/** The function of a subscriber. Its errors go to `onListenerError` of the bus. */
export type EventListener<Type extends string = string> = (
  event: HarborageEvent<Type>,
) => void | Promise<void>

/**
 * Ends a subscription at once, even while an event is being published. Calling it again does
 * nothing.
 */
export type Unsubscribe = () => void

/**
 * The interface through which stores publish events. Implement it to forward events to your own
 * broker.
 */
export interface EventBus {
  /** Publishes an event to every subscriber whose filter selects it. */
  publish(event: HarborageEvent): void | Promise<void>
  /**
   * Calls the listener for every event that the filter selects, until the subscription is ended.
   */
  subscribe<Type extends string>(
    filter: EventFilter<Type>,
    listener: EventListener<Type>,
  ): Unsubscribe
}

/** Options of {@link createEventBus}. */
export interface EventBusOptions {
  /**
   * Called with the error of a listener and its event. If it fails itself, Node emits a process
   * warning. Default: a process warning with the code `HARBORAGE_LISTENER_FAILED` that names the
   * type of the event.
   */
  readonly onListenerError?: (error: unknown, event: HarborageEvent) => void | Promise<void>
}

/**
 * Creates an {@link EventBus} within this process. A listener that throws or rejects affects
 * neither the publisher nor the other listeners. `publish` returns once every listener was called,
 * and does not wait for promises.
 *
 * `createEventBus` and `subscribe` throw `invalid_record` for a malformed option, filter or
 * listener; `publish` throws it for a malformed event.
 *
 * @throws `invalid_record` if `onListenerError` is not a function.
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
  // An error of the reporting function must not reach the publisher either.
  const report: ErrorReport = (error, event) =>
    callGuarded(
      () => onListenerError(error, event),
      (failure) => warn(failure, event),
    )
  return {
    publish(event) {
      readArguments(() => checkEvent(event))
      // A copy: a listener added by another listener must not receive this event.
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

/** Returns the call of the listener if its filter selects the event. */
type Subscription = (event: HarborageEvent) => (() => unknown) | undefined

const optionNames = new KnownNames('options', ['onListenerError'])
const filterNames = new KnownNames('the filter', ['type', 'tenantId', 'userId', 'sessionId'])

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
  filterNames.check(filter)
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
  const given: unknown = identity
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_record',
      `event.identity is ${describeType(given)}: pass an identity`,
    )
  }
}

function checkErrorListener(options: EventBusOptions): ErrorReport | undefined {
  optionNames.check(options)
  const { onListenerError } = options
  if (onListenerError === undefined || typeof onListenerError === 'function') return onListenerError
  throw new HarborageError(
    'invalid_record',
    'onListenerError is not a function: pass one, or leave it out',
  )
}

type ErrorReport = NonNullable<EventBusOptions['onListenerError']>

/** Calls a function of the application, and handles its failure, also that of its promise. */
function callGuarded(call: () => unknown, onFailure: (error: unknown) => unknown): void {
  try {
    const answer = call()
    // JavaScript callers may return anything, including a promise of another realm.
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

/** Returns the type of an event. A getter may return something else than at the check, or throw. */
function typeOf(event: HarborageEvent): string {
  try {
    const type: unknown = event.type
    return typeof type === 'string' ? type : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** Returns a name for what a listener threw, which may be a proxy that throws. */
function kindOf(error: unknown): string {
  try {
    return isError(error) ? String(error.name) : typeof error
  } catch {
    return typeof error
  }
}
