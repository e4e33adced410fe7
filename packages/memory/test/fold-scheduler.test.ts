import { setImmediate as nextRound } from 'node:timers/promises'
import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'

const CONVERSATIONS = 200

const sessionOf = (number: number) => ({ ...identity, sessionId: `s${number}` })
const numbers = Array.from({ length: CONVERSATIONS }, (_, number) => number)

test.each([
  [8, {}],
  [3, { maxConcurrentSummaries: 3 }],
])(
  'of many conversations to fold, %i are folded at a time, in their order',
  async (most, rules) => {
    const asked: string[] = []
    let running = 0
    let seen = 0
    await using memory = await openMemoryStore({
      strategy: 'rolling_summary',
      recentTurns: 0,
      bus: createEventBus(),
      summarizer: {
        async summarize({ sessionId }) {
          asked.push(sessionId)
          running += 1
          seen = Math.max(seen, running)
          await nextRound()
          running -= 1
          return { summary: 'so far' }
        },
      },
      ...rules,
    })
    await Promise.all(numbers.map((number) => memory.addTurn(sessionOf(number), goodTurn())))
    await memory.settled()
    expect(seen).toBe(most)
    expect(asked).toEqual(numbers.map((number) => `s${number}`))
  },
)

test('a conversation with many turns to fold goes to the end of the queue after each summary', async () => {
  const asked: string[] = []
  const rules = { strategy: 'rolling_summary', bus: createEventBus() } as const
  await using memory = await openMemoryStore({
    ...rules,
    recentTurns: 0,
    maxConcurrentSummaries: 1,
    summarizer: {
      async summarize({ sessionId }) {
        asked.push(sessionId)
        if (asked.length === 1) await Promise.all([fill('long', 48), fill('short', 1)])
        return { summary: 'so far' }
      },
    },
  })
  const fill = async (sessionId: string, turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) {
      await memory.addTurn({ ...identity, sessionId }, goodTurn())
    }
  }
  await fill('first', 1)
  await memory.settled()
  expect(asked.slice(0, 3).toSorted()).toEqual(['first', 'long', 'short'])
  expect(asked.filter((sessionId) => sessionId === 'long').length).toBeGreaterThan(2)
})

test('many concurrent compactions do not block the event loop', async () => {
  await using memory = await openMemoryStore({
    strategy: 'rolling_summary',
    recentTurns: 0,
    bus: createEventBus(),
    summarizer: { summarize: async () => ({ summary: 'so far' }) },
  })
  const rounds = { count: 0, isOver: false }
  const nextTurn = (): void => {
    rounds.count += 1
    if (!rounds.isOver) setImmediate(nextTurn)
  }
  await Promise.all(numbers.map((number) => memory.addTurn(sessionOf(number), goodTurn())))
  setImmediate(nextTurn)
  await Promise.all(numbers.map((number) => memory.compact(sessionOf(number))))
  rounds.isOver = true
  expect(rounds.count).toBeGreaterThan(CONVERSATIONS / 32)
})
