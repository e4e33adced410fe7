import { types } from 'node:util'

const target = EventTarget.prototype
const readAborted = getterOf('aborted')
const readReason = getterOf('reason')

/** Whether it is a signal, and not only an object with the prototype of one. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  // A proxy of a signal passes for one, and answers what it likes.
  if (types.isProxy(value) || !(value instanceof AbortSignal)) return false
  try {
    return typeof readAborted(value) === 'boolean'
  } catch {
    return false
  }
}

// What follows asks the signal itself: properties that somebody put on it could throw, or say something else.

export function isAborted(signal: AbortSignal): boolean {
  return readAborted(signal) === true
}

/** What the caller said when it aborted the signal. */
export function abortReason(signal: AbortSignal): unknown {
  return readReason(signal)
}

/** Calls the listener once the signal is aborted, until the function that it gives is called. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  target.addEventListener.call(signal, 'abort', listener, { once: true })
  return () => target.removeEventListener.call(signal, 'abort', listener)
}

function getterOf(name: 'aborted' | 'reason'): (signal: AbortSignal) => unknown {
  const { get } = Reflect.getOwnPropertyDescriptor(AbortSignal.prototype, name) ?? {}
  return (signal): unknown => (get === undefined ? signal[name] : Reflect.apply(get, signal, []))
}
