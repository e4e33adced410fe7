import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { sharedPlaces } from './support/places.ts'
import { session } from './support/replica-rules.ts'
import { startAdder } from './support/start-adder.ts'

const HOUR_MS = 3_600_000

test.each(sharedPlaces)(
  'turns of two processes whose clocks are an hour apart stay in the order of acknowledgement on $name',
  async ({ open }) => {
    const dsn = await open()
    const ahead = startAdder(dsn, HOUR_MS)
    const behind = startAdder(dsn, 0)
    const order: string[] = []
    for (let round = 1; round <= 5; round += 1) {
      const later = await ahead.add(`ahead ${round}`)
      const earlier = await behind.add(`behind ${round}`)
      expect(later - earlier).toBeGreaterThan(HOUR_MS / 2)
      order.push(`ahead ${round}`, `behind ${round}`)
    }

    await using memory = await openMemoryStore({
      dsn,
      strategy: 'truncation',
      bus: createEventBus(),
    })
    const { recentTurns } = await memory.getLlmContext(session)
    expect(recentTurns.map((turn) => turn.userMessage)).toEqual(order)
  },
)
