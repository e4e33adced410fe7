import { getEventListeners } from 'node:events'
import { runInNewContext } from 'node:vm'

import { abortReason, checkSignal, isAborted, onAbort, CallGate } from '@harborage/core/kit'
import { expect, test } from 'vitest'

/**
 * Returns an AbortSignal class as jsdom and polyfills have it, whose getters check their receiver.
 */
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

test('an object that only has the prototype of a signal is not a signal, in any realm', () => {
  const { signal } = foreignController()
  const prototypes = [AbortSignal.prototype, Object.getPrototypeOf(signal) as object]
  for (const prototype of prototypes) {
    const fake = Object.create(prototype) as AbortSignal
    expect(() => checkSignal({ signal: fake })).toThrow('pass an AbortSignal')
  }
})

test('calls that wait for one signal share one listener, which is removed with the last of them', async () => {
  const gate = new CallGate({ name: 'TestStore' })
  const { signal } = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const calls = Array.from({ length: 1_000 }, () => gate.run(signal, () => promise))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  resolve()
  await Promise.all(calls)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  const later = gate.run(signal, async () => 'later')
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  expect(await later).toBe('later')
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('an abort ends every waiting call, and none that ended before', async () => {
  const gate = new CallGate({ name: 'TestStore' })
  const controller = new AbortController()
  const { promise } = Promise.withResolvers<void>()
  const ended = gate.run(controller.signal, async () => 'ended')
  const calls = Array.from({ length: 100 }, () => gate.run(controller.signal, () => promise))
  expect(await ended).toBe('ended')
  const reason = new Error('the user left')
  controller.abort(reason)
  for (const call of calls) await expect(call).rejects.toBe(reason)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
})

test('a listener that is added twice is called twice, and each can be removed', () => {
  const controller = new AbortController()
  let called = 0
  const listener = (): void => void (called += 1)
  const forget = onAbort(controller.signal, listener)
  onAbort(controller.signal, listener)
  onAbort(controller.signal, listener)
  forget()
  forget()
  controller.abort()
  expect(called).toBe(2)
})
