import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { identity } from './support/good-arguments.ts'

const LARGE_TURNS = 20

test.each(['getLlmContext', 'snapshot'] as const)(
  '%s does not block the event loop while it reads a large conversation',
  async (method) => {
    await using memory = await openMemoryStore({ strategy: 'truncation', bus: createEventBus() })
    const turn = { userMessage: 'x'.repeat(1_000_000), assistantResponse: '' }
    for (let count = 1; count <= LARGE_TURNS; count += 1) await memory.addTurn(identity, turn)

    let rounds = 0
    let isReading = true
    const nextRound = (): void => {
      rounds += 1
      if (isReading) setImmediate(nextRound)
    }
    setImmediate(nextRound)
    await memory[method](identity)
    isReading = false
    expect(rounds).toBeGreaterThan(LARGE_TURNS / 2)
  },
)
