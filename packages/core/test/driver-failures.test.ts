import { HarborageError, openDatabase } from '@harborage/core'
import { CallGate, defineStore, registerEngine, type ClosableDriver } from '@harborage/core/kit'
import { idleDatabase } from '@harborage/test-kit/idle-database'
import { describe, expect, test } from 'vitest'

const failure = new TypeError('the backend said my 5ecret')
const fail = () => Promise.reject(failure)
const failAtOnce = (): never => {
  throw failure
}
const wrapped = { name: 'HarborageError', code: 'driver_failed', retryable: false, cause: failure }

registerEngine('broken-engine', { schemes: ['broken-engine'], open: fail })

const ofStore = () => new CallGate({ name: 'TestStore', store: {} })
const checked = (signal?: AbortSignal) => () => ({ signal, limit: 1 })
const { signal } = new AbortController()

describe.each([
  ['rejects', fail],
  ['throws at once', failAtOnce],
])('a driver of a store that %s', (_, broken) => {
  const calls: Record<string, (gate: CallGate) => Promise<unknown>> = {
    'a call': (gate) => gate.call('load', checked(), broken),
    'a call with a signal': (gate) => gate.call('load', checked(signal), broken),
    'a call that was checked': (gate) => gate.run(undefined, broken),
    'a walk': (gate) =>
      gate
        .walk('list', checked(), broken, { placeOf: () => 0, bytesOf: () => 0 })
        [Symbol.asyncIterator]()
        .next(),
    'a close': (gate) => gate.close(broken),
  }

  test.each(Object.entries(calls))('fails %s with driver_failed', async (_call, call) => {
    const error: unknown = await call(ofStore()).catch((caught: unknown) => caught)
    expect(error).toMatchObject(wrapped)
    expect(String(error)).not.toContain('5ecret')
  })

  test.each(Object.entries(calls))('fails %s of a database as it is', async (_call, call) => {
    await expect(call(new CallGate({ name: 'TestDatabase' }))).rejects.toBe(failure)
  })
})

test('a HarborageError of a driver passes through', async () => {
  const known = new HarborageError('store_unavailable', 'the backend is busy: call again')
  await expect(ofStore().run(undefined, () => Promise.reject(known))).rejects.toBe(known)
  await expect(ofStore().close(() => Promise.reject(known))).rejects.toBe(known)
})

test('the reason of the signal passes through, as it is the error of the caller', async () => {
  const controller = new AbortController()
  const call = ofStore().call('load', checked(controller.signal), () => new Promise(() => {}))
  controller.abort(failure)
  await expect(call).rejects.toBe(failure)
})

describe('opening', () => {
  const opened = () =>
    defineStore<ClosableDriver>({
      inMemory: () => ({ close: async () => {} }),
      loadSql: async () => fail,
    })

  test('a driver that fails is driver_failed', async () => {
    for (const open of [fail, failAtOnce]) {
      const drivers = opened()
      drivers.register('broken', { schemes: ['broken'], open })
      await expect(drivers.open({ dsn: 'broken:here' })).rejects.toMatchObject(wrapped)
    }
  })

  test('an engine that fails is driver_failed, by a store and by itself', async () => {
    await expect(opened().open({ dsn: 'broken-engine:here' })).rejects.toMatchObject(wrapped)
    await expect(openDatabase('broken-engine:here')).rejects.toMatchObject(wrapped)
  })

  test('an SQL driver that fails is driver_failed', async () => {
    const database = idleDatabase('test')
    await expect(opened().open({ database })).rejects.toMatchObject(wrapped)
  })
})
