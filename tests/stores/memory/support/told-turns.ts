import { createEventBus, type Identity, parseEventId } from '@harborage/core'
import type { ConversationTurn, MemoryRules, Summarizer } from '@harborage/memory'

import { numberedTurn } from './numbered-turns.ts'

/** The conversation that is killed at each of its steps: it is begun, goes on, and is folded. */
export const toldTurns: readonly ConversationTurn[] = [1, 2].map((number) => ({
  ...numberedTurn('a', number),
  turnId: parseEventId(`turn-${number}`),
}))

/** Returns the session of a killed process: each has its own conversation. */
export function sessionOf(fatalStep: string): Identity {
  return { tenantId: 'acme', userId: 'ann', sessionId: `killed-at-${fatalStep}` }
}

export function crashRules(summarizer: Summarizer): MemoryRules {
  return {
    strategy: 'rolling_summary',
    recentTurns: 1,
    summarizer,
    summarizerTimeoutMs: 50,
    bus: createEventBus(),
  }
}
