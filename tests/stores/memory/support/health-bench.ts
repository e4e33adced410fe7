import { setImmediate as nextTurn } from 'node:timers/promises'

import { createEventBus } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore, type Health, type MemoryStore } from '@harborage/memory'
import { onTestFinished, vi } from 'vitest'

import { numberedTurn } from './numbered-turns.ts'
import { session } from './replica-rules.ts'
import { scriptedSummarizer, type Fate } from './scripted-summarizer.ts'

/** A store whose clock the test moves, and the events that it published. */
export interface HealthBench {
  readonly memory: MemoryStore
  /** Each transition as `healthy -> retry: reason`. */
  readonly steps: readonly string[]
  /** When the summarizer was called, in milliseconds from the start. */
  readonly calledAt: () => number[]
  /** Advances the time to `ms` milliseconds after the start. */
  until(ms: number): Promise<void>
  /** Adds the next turn, and waits for all work that needs no time. */
  add(): Promise<void>
  health(): Promise<Health>
  /** Closes the store and opens a new one on the same database. */
  restart(fates: readonly Fate[]): Promise<HealthBench>
}

/**
 * Every pause of the store is a multiple of it, so what goes on after a pause begins when the pause
 * is over.
 */
const STEP_MS = 100

/** More than the commits that one call or timer sets off. */
const TURNS_OF_WORK = 20

/** Retries after 100 and 200 ms, then tries to recover every 10 s. Each call may take a minute. */
export async function healthBench(fates: readonly Fate[]): Promise<HealthBench> {
  vi.useFakeTimers()
  // Pauses have their minimum length, without the random part.
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
  const start = Date.now()
  const database = await openSqlite({ dsn: ':memory:' })
  onTestFinished(async () => {
    vi.useRealTimers()
    chance.mockRestore()
    await database.close()
  })
  let turns = 0

  async function open(fatesNow: readonly Fate[]): Promise<HealthBench> {
    const summarizer = scriptedSummarizer(fatesNow)
    const steps: string[] = []
    const bus = createEventBus()
    bus.subscribe({ type: 'memory.health_changed' }, ({ payload }) => {
      steps.push(`${payload.priorHealth} -> ${payload.newHealth}: ${payload.reason}`)
    })
    const memory = await openMemoryStore({
      database,
      strategy: 'rolling_summary',
      recentTurns: 1,
      summarizer,
      bus,
      retryAttempts: 2,
      retryBackoffMs: 100,
      degradedRetryMs: 10_000,
      summarizerTimeoutMs: 60_000,
      closeGraceMs: 1_000,
    })
    return {
      memory,
      steps,
      calledAt: () => summarizer.calledAt.map((at) => at - start),
      async until(ms) {
        while (Date.now() < start + ms) await pass(Math.min(STEP_MS, start + ms - Date.now()))
      },
      async add() {
        turns += 1
        await memory.addTurn(session, numberedTurn('a', turns))
        await pass(0)
      },
      health: () => memory.health(session),
      async restart(next) {
        const closing = memory.close()
        await vi.advanceTimersByTimeAsync(1_000)
        await closing
        return open(next)
      },
    }
  }

  return open(fates)
}

/**
 * Lets so much time go by, and then everything happen that needs none: a commit takes a turn of the
 * real event loop.
 */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  for (let turn = 0; turn < TURNS_OF_WORK; turn += 1) await nextTurn()
}
