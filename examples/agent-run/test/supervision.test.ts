import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gaveUpLines } from '../src/report/closing.ts'
import { scheduleKills } from '../src/supervision/kill-schedule.ts'
import { supervise, type Supervision } from '../src/supervision/supervise.ts'

const job = {
  dsn: 'memory:',
  home: { tenantId: 't', userId: 'u', sessionId: 's' },
  source: { type: 'folder', path: '/nowhere' },
} as const

function superviseFixture(
  worker: string,
  hangMs: number,
  interrupt: AbortSignal = new AbortController().signal,
): Promise<Supervision> {
  const program = join(import.meta.dirname, 'fixtures', worker)
  return supervise({ job, kills: [], hangMs, interrupt, worker: program })
}

test.concurrent('a silent worker is noticed, and after three the supervisor gives up', async () => {
  const supervision = await superviseFixture('silent-worker.ts', 200)
  expect(supervision.end).toBe('gave up')
  expect(supervision.lives.map(({ end }) => end)).toEqual(['hung', 'hung', 'hung'])
  expect(gaveUpLines(supervision)).toEqual([
    'The work cannot go on: no worker makes progress any more. The last one: it went silent.',
  ])
})

test.concurrent('a failing worker is replaced, and after three the reason is reported', async () => {
  const supervision = await superviseFixture('failing-worker.ts', 300_000)
  expect(supervision.lives.map(({ end }) => end)).toEqual(['failed', 'failed', 'failed'])
  expect(gaveUpLines(supervision).join()).toContain('The last one: the harbor is closed.')
})

test.concurrent('a worker is killed when the supervisor is interrupted', async () => {
  const interrupt = new AbortController()
  const supervision = superviseFixture('silent-worker.ts', 300_000, interrupt.signal)
  interrupt.abort()
  expect((await supervision).lives.map(({ end }) => end)).toEqual(['interrupted'])
})

test('kills are spread over the steps, each in its own range', () => {
  const kills = scheduleKills({ first: 11, last: 110, kills: 4, seed: 7 })
  expect(kills.map(({ ordinal }) => Math.floor((ordinal - 11) / 25))).toEqual([0, 1, 2, 3])
})

test('the same seed gives the same kills, and another seed others', () => {
  const options = { first: 1, last: 1000, kills: 5 }
  expect(scheduleKills({ ...options, seed: 1 })).toEqual(scheduleKills({ ...options, seed: 1 }))
  expect(scheduleKills({ ...options, seed: 1 })).not.toEqual(scheduleKills({ ...options, seed: 2 }))
})

test('there are never more kills than steps, and none if nothing is left', () => {
  expect(scheduleKills({ first: 1, last: 3, kills: 9, seed: 1 })).toHaveLength(3)
  expect(scheduleKills({ first: 4, last: 3, kills: 9, seed: 1 })).toEqual([])
})
