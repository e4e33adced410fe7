import { expect, test, vi } from 'vitest'

import { healthBench, pass, type HealthBench } from './support/health-bench.ts'
import { rememberedNames } from './support/numbered-turns.ts'
import { session } from './support/replica-rules.ts'
import type { Fate } from './support/scripted-summarizer.ts'

test('a summarizer that fails and recovers walks the whole health machine, with a pause that doubles', async () => {
  const bench = await healthBench(['fails', 'fails', 'fails', 'fails'])
  await bench.add()
  expect(await bench.health()).toBe('healthy')

  await bench.add()
  expect(await bench.health()).toBe('retry')
  await bench.until(299)
  expect(await bench.health()).toBe('retry')
  await bench.until(300)
  expect(await bench.health()).toBe('degraded')
  await bench.until(10_300)
  expect(await bench.health()).toBe('degraded')
  await bench.until(20_300)
  expect(await bench.health()).toBe('healthy')

  expect(bench.calledAt()).toEqual([0, 100, 300, 10_300, 20_300])
  expect(bench.steps).toEqual([
    'healthy -> retry: summarizer_failed',
    'retry -> degraded: summarizer_failed',
    'degraded -> recovering: recovery_attempt',
    'recovering -> degraded: summarizer_failed',
    'degraded -> recovering: recovery_attempt',
    'recovering -> healthy: summarized',
  ])
  expect(vi.getTimerCount()).toBe(0)
})

test('a retry that succeeds makes the conversation healthy again, and the failures are forgotten', async () => {
  const bench = await healthBench(['fails', 'fails', 'succeeds', 'fails', 'fails'])
  await bench.add()
  await bench.add()
  await bench.until(300)
  await bench.add()
  await bench.until(600)

  expect(bench.calledAt()).toEqual([0, 100, 300, 300, 400, 600])
  expect(bench.steps).toEqual([
    'healthy -> retry: summarizer_failed',
    'retry -> healthy: summarized',
    'healthy -> retry: summarizer_failed',
    'retry -> healthy: summarized',
  ])
})

test('a degraded conversation that is touched tries to recover at once', async () => {
  const bench = await healthBench(['fails', 'fails', 'fails'])
  await bench.add()
  await bench.add()
  await bench.until(300)
  await bench.until(1_000)
  await bench.memory.getLlmContext(session)
  await pass(0)

  expect(bench.calledAt().at(-1)).toBe(1_000)
  expect(await bench.health()).toBe('healthy')
})

const roads: readonly {
  readonly state: string
  readonly fates: readonly Fate[]
  readonly at: number
  /** The state once the store is closed, if it changes: no process recovers from then on. */
  readonly stateAfter?: string
  readonly stepsAfter: readonly string[]
}[] = [
  { state: 'healthy', fates: [], at: 0, stepsAfter: [] },
  { state: 'retry', fates: ['fails'], at: 50, stepsAfter: ['retry -> healthy: summarized'] },
  {
    state: 'degraded',
    fates: ['fails', 'fails', 'fails'],
    at: 300,
    stepsAfter: ['degraded -> recovering: recovery_attempt', 'recovering -> healthy: summarized'],
  },
  {
    state: 'recovering',
    fates: ['fails', 'fails', 'fails', 'hangs'],
    at: 10_300,
    stateAfter: 'degraded',
    stepsAfter: ['degraded -> recovering: recovery_attempt', 'recovering -> healthy: summarized'],
  },
]

test.each(roads)('$state survives a restart and continues from there', async (road) => {
  const bench = await healthBench(road.fates)
  await bench.add()
  await bench.add()
  await bench.until(road.at)
  expect(await bench.health()).toBe(road.state)

  const next = await bench.restart([])
  expect(await next.health()).toBe(road.stateAfter ?? road.state)
  await next.add()
  await pass(400)

  expect(await next.health()).toBe('healthy')
  expect(next.steps).toEqual(road.stepsAfter)
  expect(await namesOf(next)).toEqual(['a1', 'a2', 'a3'])
})

test('a close during a recovery publishes that the recovery failed', async () => {
  const bench = await healthBench(['fails', 'fails', 'fails', 'hangs'])
  await bench.add()
  await bench.add()
  await bench.until(10_300)
  await bench.restart([])

  expect(bench.steps.slice(-2)).toEqual([
    'degraded -> recovering: recovery_attempt',
    'recovering -> degraded: store_closed',
  ])
})

test('a summarizer that hangs holds up neither adding nor reading nor closing', async () => {
  const bench = await healthBench(['hangs'])
  for (let turn = 1; turn <= 40; turn += 1) await bench.add()

  expect(await namesOf(bench)).toHaveLength(40)
  expect(bench.calledAt()).toEqual([0])
  const next = await bench.restart([])
  expect(await namesOf(next)).toHaveLength(40)
  expect(await next.health()).toBe('healthy')
})

test('a summarizer that hangs has failed once its time is up', async () => {
  const bench = await healthBench(['hangs'])
  await bench.add()
  await bench.add()
  await bench.until(60_100)

  expect(bench.steps).toEqual([
    'healthy -> retry: summarizer_timed_out',
    'retry -> healthy: summarized',
  ])
})

async function namesOf(bench: HealthBench): Promise<string[]> {
  return rememberedNames(await bench.memory.getLlmContext(session))
}
