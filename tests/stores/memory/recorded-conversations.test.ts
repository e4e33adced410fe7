import { createEventBus } from '@harborage/core'
import { openMemoryStore, type ConversationTurn, type Strategy } from '@harborage/memory'
import { describe, expect, test } from 'vitest'

import { extractiveSummarizer } from '../../../examples/agent-run/src/memory/extractive-summarizer.ts'
import { generateConversations } from './support/conversations.ts'
import { sqlitePlace } from './support/places.ts'
import { replayConversation, tokensOf } from './support/replay-conversation.ts'
import '@harborage/driver-sqlite'

const BUDGET = 600
const conversations = generateConversations(60, 4)

describe.each<Strategy>(['none', 'truncation', 'rolling_summary'])(
  'conversations of every length under %s',
  (strategy) => {
    test('never return a context above the budget, and as much as fits', async () => {
      await using memory = await openMemoryStore({
        dsn: await sqlitePlace(),
        strategy,
        budgetTokens: BUDGET,
        summarizer: extractiveSummarizer({ maxCharacters: 800 }),
        bus: createEventBus(),
      })
      for (const conversation of conversations) {
        const replay = await replayConversation(memory, conversation)
        expect(replay.peak).toBeLessThanOrEqual(BUDGET)
        if (strategy === 'none') expect(replay.kept).toBe(0)
        if (strategy === 'truncation') expect(replay.kept).toBe(newestThatFit(conversation.turns))
        if (strategy === 'rolling_summary' && replay.turns > 4) expect(replay.summary).not.toBe(0)
      }
    })
  },
)

/** Returns the tokens of the newest turns, up to the first that no longer fits. */
function newestThatFit(turns: readonly ConversationTurn[]): number {
  const fitting = turns.map((_, from) => tokensOf(turns.slice(from)))
  return fitting.find((tokens) => tokens <= BUDGET) ?? 0
}
