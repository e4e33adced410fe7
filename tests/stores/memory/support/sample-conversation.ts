import { randomUUID } from 'node:crypto'

import { createEventBus, parseEventId, type RunIdentity } from '@harborage/core'
import type { ConversationTurn, MemoryRules, MemoryStore, Strategy } from '@harborage/memory'

/** Rules under which a conversation is kept as a whole. */
export function keepingRules(strategy: Exclude<Strategy, 'none'>): MemoryRules {
  return {
    strategy,
    recentTurns: 3,
    bus: createEventBus(),
    summarizer: {
      async summarize(_identity, { previousSummary, turns }) {
        return { summary: previousSummary + turns.map((turn) => `${turn.userMessage}\n`).join('') }
      },
    },
  }
}

export function freshSession(): RunIdentity {
  return { tenantId: randomUUID(), userId: 'ann', sessionId: 's1' }
}

/** Turns with all that a driver might keep in another way than it was given. */
export const sampleTurns: readonly ConversationTurn[] = [
  ['plain', 'answer'],
  ['\0 and \u0001', '\ud800'],
  ['😀 e\u0301 \u2028', '\ufeff'],
  ['', ''],
  ['"quoted" \\ {"json":[1]}', '</script>'],
].map(([userMessage = '', assistantResponse = ''], index) => ({
  turnId: parseEventId(`sample ${index}`),
  timestamp: new Date(1_700_000_000_000 + index),
  userMessage,
  assistantResponse,
  artifactsShown: { z: 1, a: [0.1, -1e-7, 1e21, true, null], '10': {}, '9': '' },
  artifactsHiddenRefs: [userMessage],
  trajectoryDigest: {
    toolsInvoked: ['search'],
    observationsSummary: assistantResponse,
    reasoningSummary: '',
    artifactsRefs: [],
  },
}))

/** Holds the sample conversation in the session, folded as far as it can be. */
export async function sayAll(store: MemoryStore, session: RunIdentity): Promise<void> {
  for (const turn of sampleTurns) await store.addTurn(session, turn)
  await store.compact(session)
}
