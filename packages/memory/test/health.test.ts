import { stepHealth, type Health } from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const states: readonly Health[] = ['healthy', 'retry', 'degraded', 'recovering']

const legal = new Set([
  'healthy -> retry',
  'retry -> healthy',
  'retry -> degraded',
  'degraded -> recovering',
  'recovering -> healthy',
  'recovering -> degraded',
])

const steps = states.flatMap((from) => states.map((to) => ({ from, to })))

test.each(steps.filter(({ from, to }) => legal.has(`${from} -> ${to}`)))(
  'health can change from $from to $to',
  ({ from, to }) => {
    expect(stepHealth(from, to)).toBe(to)
  },
)

test.each(steps.filter(({ from, to }) => !legal.has(`${from} -> ${to}`)))(
  'health cannot change from $from to $to',
  async ({ from, to }) => {
    const error = await failureOf(() => stepHealth(from, to))
    expect(error.code).toBe('invalid_health_transition')
  },
)

test.each(['', 'well', 'constructor', '__proto__', undefined, null, 7, Symbol('healthy')])(
  'health cannot be %s',
  async (value) => {
    const unknown = value as Health
    for (const step of [
      () => stepHealth(unknown, 'healthy'),
      () => stepHealth('healthy', unknown),
    ]) {
      expect((await failureOf(step)).code).toBe('invalid_health_transition')
    }
  },
)
