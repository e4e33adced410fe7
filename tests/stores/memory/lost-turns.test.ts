import { createEventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { expect, test } from 'vitest'

import { loseTurns } from './support/damage.ts'
import { numberedTurn, rememberedNames } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { session } from './support/replica-rules.ts'
import { scriptedSummarizer } from './support/scripted-summarizer.ts'

test('a conversation whose turns got lost continues without them, and does not call the summarizer', async () => {
  await using database = await openEngine('sqlite::memory:')
  const summarizer = scriptedSummarizer([])
  const rules = {
    database,
    strategy: 'rolling_summary',
    summarizer,
    bus: createEventBus(),
  } as const
  {
    await using memory = await openMemoryStore({ ...rules, recentTurns: 100 })
    for (let number = 1; number <= 10; number += 1) {
      await memory.addTurn(session, numberedTurn('a', number))
    }
  }
  await loseTurns(database)

  await using memory = await openMemoryStore({ ...rules, recentTurns: 4 })
  await memory.compact(session)
  expect(summarizer.calledAt).toEqual([])
  for (let number = 11; number <= 15; number += 1) {
    await memory.addTurn(session, numberedTurn('a', number))
  }
  await memory.compact(session)
  expect(summarizer.calledAt).toHaveLength(1)
  expect(rememberedNames(await memory.getLlmContext(session))).toEqual([
    'a11',
    'a12',
    'a13',
    'a14',
    'a15',
  ])
})
