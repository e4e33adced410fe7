import { CallGate } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

describe('closing', () => {
  test('waits for the calls in flight before it releases, and refuses later ones', async () => {
    const lifecycle = new CallGate('TestStore')
    const log: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const call = lifecycle.run(undefined, () => promise.then(() => void log.push('call')))
    const closing = lifecycle.close(async () => void log.push('release'))
    const late = lifecycle.run(undefined, async () => void log.push('late'))
    await expect(late).rejects.toMatchObject({ code: 'store_closed' })
    await expect(late).rejects.toThrow('this TestStore is closed')
    resolve()
    await Promise.all([call, closing])
    expect(log).toEqual(['call', 'release'])
  })

  test('again gives the same promise and releases once', async () => {
    const lifecycle = new CallGate('TestStore')
    let released = 0
    const release = async (): Promise<void> => void (released += 1)
    expect(lifecycle.close(release)).toBe(lifecycle.close(release))
    await lifecycle.close(release)
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
  ])('does not wait for ever for a driver whose call %s', async (_, call) => {
    const lifecycle = new CallGate('TestStore')
    await expect(lifecycle.run(undefined, call)).rejects.toThrow('in the driver')
    await lifecycle.close(async () => {})
  })

  test('waits for a call that its caller has aborted', async () => {
    const lifecycle = new CallGate('TestStore')
    const { promise, resolve } = Promise.withResolvers<void>()
    const controller = new AbortController()
    const call = lifecycle.run(controller.signal, () => promise)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    let released = false
    const closing = lifecycle.close(async () => void (released = true))
    await Promise.resolve()
    expect(released).toBe(false)
    resolve()
    await closing
  })
})

test('an aborted signal rejects with its reason, and the call is not made', async () => {
  const lifecycle = new CallGate('TestStore')
  let calls = 0
  const call = lifecycle.run(AbortSignal.abort('enough'), async () => void (calls += 1))
  await expect(call).rejects.toBe('enough')
  expect(calls).toBe(0)
})
