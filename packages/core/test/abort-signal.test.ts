import { runInNewContext } from 'node:vm'
import { abortReason, checkSignal, isAborted } from '@harborage/core'
import { expect, test } from 'vitest'

/** Makes what jsdom and polyfills have: a class of their own, which asks whether it made the signal. */
function foreignController(): { readonly signal: AbortSignal; abort(reason: unknown): void } {
  return runInNewContext(`
    const states = new WeakMap()
    class AbortSignal {
      get aborted() { return states.get(this).aborted }
      get reason() { return states.get(this).reason }
      addEventListener(type, listener) { states.get(this).listeners.add(listener) }
      removeEventListener(type, listener) { states.get(this).listeners.delete(listener) }
    }
    Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { value: 'AbortSignal' })
    const signal = new AbortSignal()
    states.set(signal, { aborted: false, reason: undefined, listeners: new Set() });
    ({ signal, abort(reason) { Object.assign(states.get(signal), { aborted: true, reason }) } })
  `) as { readonly signal: AbortSignal; abort(reason: unknown): void }
}

test('a signal of another realm is a signal', () => {
  const controller = foreignController()
  const { signal } = controller
  expect(signal instanceof AbortSignal).toBe(false)
  expect(checkSignal({ signal })).toBe(signal)
  expect(isAborted(signal)).toBe(false)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(isAborted(signal)).toBe(true)
  expect(abortReason(signal)).toBe(reason)
})

test('what only has the prototype of a signal, of whichever realm, is none', () => {
  const { signal } = foreignController()
  const prototypes = [AbortSignal.prototype, Object.getPrototypeOf(signal) as object]
  for (const prototype of prototypes) {
    const fake = Object.create(prototype) as AbortSignal
    expect(() => checkSignal({ signal: fake })).toThrow('pass an AbortSignal')
  }
})
