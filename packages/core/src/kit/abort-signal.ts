import { types } from 'node:util'

/**
 * The getters of AbortSignal in one realm. They ignore properties that were set on a signal itself.
 */
interface Readers {
  readonly aborted: (signal: object) => unknown
  readonly reason: (signal: object) => unknown
}

const target = EventTarget.prototype
const own = readersOf(AbortSignal.prototype)

/**
 * Returns whether a value is an AbortSignal, and not just an object with its prototype. Signals of
 * other realms count: under jsdom, the global AbortSignal is not that of Node.
 */
export function isAbortSignal(value: unknown): value is AbortSignal {
  // A proxy of a signal could return anything.
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  // Most values are plain options. The getter would throw, and an error takes longer than a load.
  if (prototypeOf(value) === Object.prototype) return false
  return readAborted(value) !== undefined
}

/**
 * Returns whether a signal is aborted. It ignores properties that were set on the signal itself.
 */
export function isAborted(signal: AbortSignal): boolean {
  return readAborted(signal) === true
}

/** Returns the reason with which a signal was aborted. */
export function abortReason(signal: AbortSignal): unknown {
  return (isOwn(signal) ? own : foreignReaders(signal))?.reason(signal)
}

/** The functions that wait for a signal, and the one listener of the signal that calls them. */
interface Waiting {
  readonly listeners: Set<() => void>
  readonly notify: () => void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls the listener once the signal is aborted. Returns a function that removes the listener.
 *
 * A signal gets one listener for all calls that wait for it: it searches its whole list whenever a
 * listener is added or removed.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, notify } = waitingFor.get(signal) ?? beginWaiting(signal)
  // The same function may be passed twice.
  const once = (): void => listener()
  listeners.add(once)
  return () => {
    if (!listeners.delete(once) || listeners.size > 0) return
    waitingFor.delete(signal)
    methodsOf(signal).removeEventListener.call(signal, 'abort', notify)
  }
}

function beginWaiting(signal: AbortSignal): Waiting {
  const listeners = new Set<() => void>()
  const notify = (): void => {
    waitingFor.delete(signal)
    for (const listener of listeners) listener()
    listeners.clear()
  }
  const waiting = { listeners, notify }
  waitingFor.set(signal, waiting)
  methodsOf(signal).addEventListener.call(signal, 'abort', notify, { once: true })
  return waiting
}

function methodsOf(signal: AbortSignal): EventTarget {
  return isOwn(signal) ? target : signal
}

function isOwn(signal: AbortSignal): boolean {
  return askAborted(own, signal) !== undefined
}

function readAborted(value: object): boolean | undefined {
  return askAborted(own, value) ?? askAborted(foreignReaders(value), value)
}

/** Returns `undefined` if the value is not a signal of the realm: the getter throws. */
function askAborted(readers: Readers | undefined, value: object): boolean | undefined {
  try {
    const aborted = readers?.aborted(value)
    return typeof aborted === 'boolean' ? aborted : undefined
  } catch {
    return undefined
  }
}

/** Returns the getters of the prototype that makes a value a signal of another realm. */
function foreignReaders(value: object): Readers | undefined {
  for (let found = prototypeOf(value); found !== null; found = prototypeOf(found)) {
    if (types.isProxy(found)) return undefined
    const tag = Reflect.getOwnPropertyDescriptor(found, Symbol.toStringTag)
    if (tag?.value === 'AbortSignal') return readersOf(found)
  }
  return undefined
}

function prototypeOf(value: object): object | null {
  return Reflect.getPrototypeOf(value)
}

function readersOf(prototype: object): Readers {
  return { aborted: getterOf(prototype, 'aborted'), reason: getterOf(prototype, 'reason') }
}

function getterOf(prototype: object, name: 'aborted' | 'reason'): (signal: object) => unknown {
  const { get } = Reflect.getOwnPropertyDescriptor(prototype, name) ?? {}
  return (signal): unknown => (get === undefined ? undefined : Reflect.apply(get, signal, []))
}

/** Settles as the promise does, or rejects with the reason of the signal once that is aborted. */
export function untilAborted<Result>(
  signal: AbortSignal,
  running: Promise<Result>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
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
