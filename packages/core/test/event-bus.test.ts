import { once } from 'node:events'

import { createEventBus, type EventFilter, type HarborageEvent } from '@harborage/core'
import { describe, expect, test } from 'vitest'

const event: HarborageEvent = {
  type: 'memory.health_changed',
  identity: { tenantId: 'acme', userId: 'ann', sessionId: 's1' },
  occurredAt: new Date(0),
  payload: { newHealth: 'retry' },
}

describe('a filter', () => {
  test.each<[filter: EventFilter, wanted: boolean]>([
    [{}, true],
    [{ type: 'memory.health_changed' }, true],
    [{ tenantId: 'acme' }, true],
    [{ userId: 'ann' }, true],
    [{ sessionId: 's1' }, true],
    [{ type: 'memory.health_changed', tenantId: 'acme', userId: 'ann', sessionId: 's1' }, true],
    [{ type: 'memory' }, false],
    [{ type: 'memory.health_changed', tenantId: 'globex' }, false],
    [{ tenantId: 'ACME' }, false],
    [{ tenantId: 'acme', userId: 'bob' }, false],
    [{ tenantId: 'acme', userId: 'ann', sessionId: 's2' }, false],
    [{ tenantId: '' }, false],
  ])('%j selects the event: %s', async (filter, wanted) => {
    const bus = createEventBus()
    const received: HarborageEvent[] = []
    bus.subscribe(filter, (each) => void received.push(each))
    await bus.publish(event)
    expect(received).toEqual(wanted ? [event] : [])
  })

  test('that is changed after subscribing selects the same events as before', async () => {
    const bus = createEventBus()
    const filter = { tenantId: 'acme' }
    let calls = 0
    bus.subscribe(filter, () => void (calls += 1))
    filter.tenantId = 'globex'
    await bus.publish(event)
    expect(calls).toBe(1)
  })
})

describe('a listener that fails', () => {
  test.each([
    ['throws', () => fail('thrown')],
    ['rejects', async () => fail('thrown')],
  ])('because it %s affects neither the publisher nor the others', async (_, failing) => {
    const failures: unknown[] = []
    const bus = createEventBus({
      onListenerError: (error, failed) => void failures.push([error, failed]),
    })
    const called: string[] = []
    bus.subscribe({}, () => void called.push('before'))
    bus.subscribe({}, failing)
    bus.subscribe({}, () => void called.push('after'))
    await bus.publish(event)
    await settled()
    expect(called).toEqual(['before', 'after'])
    expect(failures).toEqual([[new Error('thrown'), event]])
  })

  test.each([
    ['throws', () => fail('5ecret')],
    ['rejects', async () => fail('5ecret')],
  ])('because it %s is a process warning that quotes nothing', async (_, failing) => {
    const bus = createEventBus()
    bus.subscribe({}, failing)
    const warned = once(process, 'warning')
    await bus.publish(event)
    expect(await warned).toMatchObject([{ code: 'HARBORAGE_LISTENER_FAILED' }])
    expect(String(await warned)).toContain('"memory.health_changed"')
    expect(String(await warned)).not.toContain('5ecret')
  })

  test.each([
    ['throws', () => fail('while reporting')],
    ['rejects', async () => fail('while reporting')],
  ])(
    'may be reported to a function that %s too, which is a warning',
    async (_, onListenerError) => {
      const bus = createEventBus({ onListenerError })
      let calls = 0
      bus.subscribe({}, () => fail('at once'))
      bus.subscribe({}, () => void (calls += 1))
      const warned = once(process, 'warning')
      await bus.publish(event)
      expect(calls).toBe(1)
      expect(await warned).toMatchObject([{ code: 'HARBORAGE_LISTENER_FAILED' }])
    },
  )
})

test('the fields of an event are read once for each listener', async () => {
  const bus = createEventBus()
  let asked = 0
  bus.subscribe({ tenantId: 'acme' }, () => {})
  const identity = Object.defineProperty({ ...event.identity }, 'tenantId', {
    get: () => ((asked += 1), 'acme'),
  })
  await bus.publish({ ...event, identity })
  expect(asked).toBe(1)
})

test('a listener may return anything: only a promise is watched', async () => {
  const failures: unknown[] = []
  const bus = createEventBus({ onListenerError: (error) => void failures.push(error) })
  const answers: (() => void)[] = [() => 1, () => null, () => 'text']
  for (const listener of answers) bus.subscribe({}, listener)
  await bus.publish(event)
  await settled()
  expect(failures).toEqual([])
})

describe('unsubscribing', () => {
  test('ends the subscription, and doing so again changes nothing', async () => {
    const bus = createEventBus()
    const called: string[] = []
    const unsubscribe = bus.subscribe({}, () => void called.push('first'))
    bus.subscribe({}, () => void called.push('second'))
    unsubscribe()
    unsubscribe()
    await bus.publish(event)
    expect(called).toEqual(['second'])
  })

  test('while an event is published keeps the event from listeners that were not called yet', async () => {
    const bus = createEventBus()
    const called: string[] = []
    bus.subscribe({}, () => {
      called.push('first')
      unsubscribe()
    })
    const unsubscribe = bus.subscribe({}, () => void called.push('unsubscribed'))
    bus.subscribe({}, () => void called.push('last'))
    await bus.publish(event)
    expect(called).toEqual(['first', 'last'])
  })

  test('one of two subscriptions of a listener leaves the other', async () => {
    const bus = createEventBus()
    let calls = 0
    const listener = (): void => void (calls += 1)
    bus.subscribe({}, listener)
    bus.subscribe({}, listener)()
    await bus.publish(event)
    expect(calls).toBe(1)
  })
})

test('a listener that subscribes while it is called does not receive that event again', async () => {
  const bus = createEventBus()
  let calls = 0
  bus.subscribe({}, () => {
    calls += 1
    bus.subscribe({}, () => void (calls += 1))
  })
  await bus.publish(event)
  expect(calls).toBe(1)
})

test('publishing does not wait for a slow listener', () => {
  const bus = createEventBus()
  bus.subscribe({}, () => new Promise(() => {}))
  expect(bus.publish(event)).toBeUndefined()
})

function fail(message: string): never {
  throw new Error(message)
}

/** Lets rejections be handled. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
