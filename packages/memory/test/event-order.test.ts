import { setTimeout as delay } from 'node:timers/promises'
import type { EventBus, HarborageEvent } from '@harborage/core'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'

afterEach(() => {
  vi.useRealTimers()
})

function busThat(publish: EventBus['publish']): EventBus {
  return { publish, subscribe: () => () => {} }
}

/** Opens a store whose conversations become degraded at once. */
function openFailing(bus: EventBus): Promise<MemoryStore> {
  return openMemoryStore({
    strategy: 'rolling_summary',
    recentTurns: 0,
    retryAttempts: 0,
    degradedRetryMs: 1_000_000,
    summarizer: { summarize: () => Promise.reject(new Error('the model is gone')) },
    bus,
  })
}

function stepOf({ payload }: HarborageEvent): string {
  return typeof payload === 'object' && payload !== null
    ? String(Reflect.get(payload, 'newHealth'))
    : ''
}

describe('an asynchronous bus', () => {
  test('gets all events in their order before the store is closed', async () => {
    const seen: string[] = []
    const pauses = [20, 1]
    const memory = await openFailing(
      busThat(async (event) => {
        await delay(pauses.shift() ?? 0)
        seen.push(stepOf(event))
      }),
    )
    await memory.addTurn(identity, goodTurn())
    await memory.settled()
    await memory.close()
    expect(seen).toEqual(['retry', 'degraded'])
  })

  test('that rejects still gets the next event', async () => {
    const warnings: string[] = []
    const warn = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', warn)
    const seen: string[] = []
    const memory = await openFailing(
      busThat(async (event) => {
        await delay(1)
        seen.push(stepOf(event))
        throw new Error('the broker is gone')
      }),
    )
    await memory.addTurn(identity, goodTurn())
    await memory.settled()
    await memory.close()
    // A warning is emitted a moment later.
    await delay(1)
    process.off('warning', warn)
    expect(seen).toEqual(['retry', 'degraded'])
    expect(warnings).toHaveLength(2)
  })
})

describe('a bus that takes a second for each event', () => {
  test('gets one event at a time, in their order, and close waits for the last', async () => {
    vi.useFakeTimers()
    const seen: string[] = []
    let running = 0
    let most = 0
    const publish = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      const { promise, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, 1_000)
      await promise
      running -= 1
    }
    const memory = await openFailing(
      busThat(async (event) => {
        await publish()
        seen.push(event.identity.sessionId)
      }),
    )
    const sessions = Array.from({ length: 10 }, (_, number) => `s${number}`)
    for (const sessionId of sessions) {
      await memory.addTurn({ ...identity, sessionId }, goodTurn())
      await memory.settled()
    }
    let isClosed = false
    const closed = memory.close().then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(19_500)
    expect(isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(500)
    await closed
    expect(most).toBe(1)
    expect(seen).toEqual(sessions.flatMap((sessionId) => [sessionId, sessionId]))
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a bus that hangs', () => {
  test('gets the next event after five seconds, and delays close by five seconds at most', async () => {
    vi.useFakeTimers()
    const seen: string[] = []
    const memory = await openFailing(
      busThat((event) => {
        seen.push(stepOf(event))
        return Promise.withResolvers<void>().promise
      }),
    )
    await memory.addTurn(identity, goodTurn())
    await memory.settled()
    expect(seen).toEqual(['retry'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(seen).toEqual(['retry', 'degraded'])
    const closed = memory.close()
    await vi.advanceTimersByTimeAsync(5_000)
    await closed
    expect(vi.getTimerCount()).toBe(0)
  })

  test('delays the rejection of an identity by five seconds at most', async () => {
    vi.useFakeTimers()
    const memory = await openFailing(busThat(() => Promise.withResolvers<void>().promise))
    const refusal = memory.addTurn({ ...identity, userId: '' }, goodTurn()).catch(String)
    await vi.advanceTimersByTimeAsync(5_000)
    const message = await refusal
    expect(message).toContain('userId')
    expect(message).toContain('failed to publish memory.identity_rejected')
    await memory.close()
  })
})
