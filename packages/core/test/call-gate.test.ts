import { CallGate } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

describe('closing', () => {
  test('waits for calls in flight before it releases, and rejects later ones', async () => {
    const gate = new CallGate({ name: 'TestStore' })
    const log: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const call = gate.run(undefined, () => promise.then(() => void log.push('call')))
    const closing = gate.close(async () => void log.push('release'))
    const late = gate.run(undefined, async () => void log.push('late'))
    await expect(late).rejects.toMatchObject({ code: 'store_closed' })
    await expect(late).rejects.toThrow('this TestStore is closed')
    resolve()
    await Promise.all([call, closing])
    expect(log).toEqual(['call', 'release'])
  })

  test('waits for calls that entered and have not left, and lets no more enter', async () => {
    const gate = new CallGate({ name: 'TestStore' })
    gate.enter()
    let released = false
    const closing = gate.close(async () => void (released = true))
    expect(() => gate.enter()).toThrow('this TestStore is closed')
    await Promise.resolve()
    expect(released).toBe(false)
    gate.leave()
    await closing
    expect(released).toBe(true)
  })

  test('again returns the same promise and releases once', async () => {
    const gate = new CallGate({ name: 'TestStore' })
    let released = 0
    const release = async (): Promise<void> => void (released += 1)
    expect(gate.close(release)).toBe(gate.close(release))
    await gate.close(release)
    expect(released).toBe(1)
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('in the driver'))],
    [
      'throws before it returns a promise',
      () => {
        throw new Error('in the driver')
      },
    ],
  ])('does not wait forever for a driver whose call %s', async (_, call) => {
    const gate = new CallGate({ name: 'TestStore' })
    await expect(gate.run(undefined, call)).rejects.toThrow('in the driver')
    await gate.close(async () => {})
  })

  test('waits for a call that its caller has aborted', async () => {
    const gate = new CallGate({ name: 'TestStore' })
    const { promise, resolve } = Promise.withResolvers<void>()
    const controller = new AbortController()
    const call = gate.run(controller.signal, () => promise)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    let released = false
    const closing = gate.close(async () => void (released = true))
    await Promise.resolve()
    expect(released).toBe(false)
    resolve()
    await closing
  })
})

test('an aborted signal rejects with its reason, and the call is not made', async () => {
  const gate = new CallGate({ name: 'TestStore' })
  let calls = 0
  const call = gate.run(AbortSignal.abort('enough'), async () => void (calls += 1))
  await expect(call).rejects.toBe('enough')
  expect(calls).toBe(0)
})
