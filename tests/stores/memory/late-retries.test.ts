import { createEventBus, newEventId } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { numberedTurn } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { reliableSummarizer } from './support/reliable-summarizer.ts'
import { session } from './support/replica-rules.ts'

const bus = createEventBus()

/** So many that the id of an earlier turn is no longer in the header. */
const FURTHER_TURNS = 130

test.each(sharedPlaces)(
  'a late retry of a turn above the budget drops no turn, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    await using memory = await openMemoryStore({
      database,
      strategy: 'truncation',
      budgetTokens: 20_000,
      bus,
    })
    const large = { ...numberedTurn('large', 1), userMessage: 'u'.repeat(100_000) }
    const withId = { ...large, turnId: newEventId() }
    await memory.addTurn(session, withId)
    // Few of them fit the budget, so that the large turn would drop all of them.
    const assistantResponse = 'a'.repeat(5_000)
    for (let number = 1; number <= FURTHER_TURNS; number += 1) {
      await memory.addTurn(session, { ...numberedTurn('a', number), assistantResponse })
    }
    const before = await memory.getLlmContext(session)
    await memory.addTurn(session, withId)
    expect(before.recentTurns.length).toBeGreaterThan(10)
    expect(await memory.getLlmContext(session)).toEqual(before)
  },
)

test.each(sharedPlaces)(
  'the turn that a conversion makes of a summary is not added again, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    {
      await using memory = await openMemoryStore({
        database,
        strategy: 'rolling_summary',
        summarizer: reliableSummarizer,
        bus,
      })
      for (let number = 1; number <= 20; number += 1) {
        await memory.addTurn(session, numberedTurn('a', number))
      }
      await memory.compact(session)
    }
    await using memory = await openMemoryStore({ database, strategy: 'truncation', bus })
    await memory.convert(session)
    const { recentTurns } = await memory.getLlmContext(session)
    for (const turn of recentTurns) await memory.addTurn(session, turn)
    expect((await memory.getLlmContext(session)).recentTurns).toHaveLength(recentTurns.length)
  },
)
