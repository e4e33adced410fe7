import { createEventBus, identityContext } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'

test('the summarizer runs in the async context of the code that opened the store, not of the code that added a turn', async () => {
  const seen: (string | undefined)[] = []
  const opener = { ...identity, userId: 'opener' }
  await using memory = await identityContext.run(opener, () =>
    openMemoryStore({
      strategy: 'rolling_summary',
      recentTurns: 0,
      retryBackoffMs: 1,
      bus: createEventBus(),
      summarizer: {
        async summarize() {
          seen.push(identityContext.get()?.userId)
          if (seen.length === 1) throw new Error('the model is overloaded')
          return { summary: 'so far' }
        },
      },
    }),
  )
  await identityContext.run(identity, () => memory.addTurn(identity, goodTurn()))
  await memory.settled()
  expect(seen).toEqual(['opener', 'opener'])
})
