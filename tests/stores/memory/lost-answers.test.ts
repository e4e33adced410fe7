import { createEventBus, newEventId } from '@harborage/core'
import { openMemoryStore, type MemoryRules } from '@harborage/memory'
import { expect, test } from 'vitest'

import { numberedTurn, rememberedNames } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { RepeatingDatabase } from './support/repeating-database.ts'
import { session } from './support/replica-rules.ts'
import { scriptedSummarizer, type Fate } from './support/scripted-summarizer.ts'

const NEVER_MS = 3_600_000

test.each(sharedPlaces)(
  'every step of health and every drop is published once although the answer to each commit is lost, on $name',
  async ({ open }) => {
    await using engine = await openEngine(await open())
    const told: string[] = []
    const bus = createEventBus()
    bus.subscribe({ type: 'memory.health_changed' }, ({ payload }) => {
      told.push(`${payload.priorHealth} -> ${payload.newHealth}: ${payload.reason}`)
    })
    bus.subscribe({ type: 'memory.recovery_dropped' }, ({ payload }) => {
      told.push(`dropped ${payload.droppedTurns}`)
    })
    const rules = (fates: readonly Fate[]): MemoryRules => ({
      strategy: 'rolling_summary',
      recentTurns: 0,
      recoveryBacklogMax: 1,
      retryAttempts: 1,
      retryBackoffMs: 1,
      degradedRetryMs: NEVER_MS,
      closeGraceMs: 0,
      summarizer: scriptedSummarizer(fates),
      bus,
    })
    const database = new RepeatingDatabase(engine)
    {
      await using memory = await openMemoryStore({
        database,
        ...rules(['fails', 'fails', 'hangs']),
      })
      await memory.addTurn(session, numberedTurn('a', 1))
      await memory.settled(session)
      expect(told.splice(0)).toEqual([
        'healthy -> retry: summarizer_failed',
        'retry -> degraded: summarizer_failed',
      ])

      // The second one begins a recovery, which goes on for too long.
      for (let number = 2; number <= 33; number += 1) {
        await memory.addTurn(session, numberedTurn('a', number))
      }
      expect(told.splice(0)).toEqual([
        'degraded -> recovering: recovery_attempt',
        'recovering -> degraded: backlog_exceeded',
        'dropped 17',
      ])
    }
    await using memory = await openMemoryStore({ database, ...rules([]) })
    await memory.compact(session)
    expect(told.splice(0)).toEqual([
      'degraded -> recovering: recovery_attempt',
      'recovering -> healthy: summarized',
    ])
    const names = Array.from({ length: 16 }, (_, index) => `a${index + 18}`)
    expect(rememberedNames(await memory.getLlmContext(session))).toEqual(names)
  },
)

test('a restore publishes its steps of health once although its answer is lost', async () => {
  await using engine = await openEngine('sqlite::memory:')
  const told: string[] = []
  const bus = createEventBus()
  bus.subscribe({ type: 'memory.health_changed' }, ({ payload }) => {
    told.push(`${payload.priorHealth} -> ${payload.newHealth}`)
  })
  await using memory = await openMemoryStore({
    database: new RepeatingDatabase(engine),
    strategy: 'rolling_summary',
    recentTurns: 0,
    retryAttempts: 3,
    retryBackoffMs: NEVER_MS,
    summarizer: scriptedSummarizer(['fails']),
    bus,
  })
  const { promise: failed, resolve } = Promise.withResolvers<void>()
  bus.subscribe({}, () => resolve())
  await memory.addTurn(session, numberedTurn('a', 1))
  await failed
  await memory.restore(session, { bytes: new Uint8Array() })
  expect(told).toEqual(['healthy -> retry', 'retry -> healthy'])
})

test.each(sharedPlaces)(
  'a deletion and a forgetting say what they did although the answer is lost, on $name',
  async ({ open }) => {
    await using engine = await openEngine(await open())
    await using memory = await openMemoryStore({
      database: new RepeatingDatabase(engine),
      strategy: 'truncation',
      bus: createEventBus(),
    })
    const turn = { ...numberedTurn('a', 1), turnId: newEventId() }
    await memory.addTurn(session, turn)
    expect(await memory.forget(session, turn.turnId)).toBe('removed')
    expect(await memory.forget(session, turn.turnId)).toBe('absent')
    expect(await memory.delete(session)).toBe(true)
    expect(await memory.delete(session)).toBe(false)
  },
)
