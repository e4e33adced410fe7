import { types } from 'node:util'

/** How the signals of one realm are asked, whatever was put on a signal itself. */
interface Readers {
  readonly aborted: (signal: object) => unknown
  readonly reason: (signal: object) => unknown
}

const target = EventTarget.prototype
const own = readersOf(AbortSignal.prototype)

/**
 * Tells whether a value is a signal, and not only an object with the prototype of one. A signal of
 * another realm is one too: under jsdom, the global AbortSignal is not that of Node.
 */
export function isAbortSignal(value: unknown): value is AbortSignal {
  // A proxy of a signal passes for one, and answers what it likes.
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  return readAborted(value) !== undefined
}

// What follows asks the signal itself: properties that somebody put on it could throw, or say
// something else.

/** Returns whether the signal was aborted. */
export function isAborted(signal: AbortSignal): boolean {
  return readAborted(signal) === true
}

/** What the caller said when it aborted the signal. */
export function abortReason(signal: AbortSignal): unknown {
  return (isOwn(signal) ? own : foreignReaders(signal))?.reason(signal)
}

/** What waits for a signal, and the one listener that the signal has for all of it. */
interface Waiting {
  readonly listeners: Set<() => void>
  readonly notify: () => void
}

const waitingFor = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls the listener once the signal is aborted, until the function that it returns is called. The
 * signal gets one listener, however many calls wait for it: it searches all that it has when one
 * comes or goes.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, notify } = waitingFor.get(signal) ?? beginWaiting(signal)
  // A function may be given twice.
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

/** Returns `undefined` for whatever is no signal of the realm: the getter throws. */
function askAborted(readers: Readers | undefined, value: object): boolean | undefined {
  try {
    const aborted = readers?.aborted(value)
    return typeof aborted === 'boolean' ? aborted : undefined
  } catch {
    return undefined
  }
}

/** Finds the prototype by which a value would be a signal of another realm. */
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

/** Settles as what runs does, or rejects with the reason of the signal once that is aborted. */
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
