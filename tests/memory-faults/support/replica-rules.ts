import { createEventBus } from '@harborage/core'
import type { MemoryRules, Summarizer } from '@harborage/memory'

export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** Short times, so that an abandoned folding is soon taken over, and no turn is ever given up. */
export function replicaRules(summarizer: Summarizer): MemoryRules {
  return {
    strategy: 'rolling_summary',
    recentTurns: 4,
    summarizer,
    summarizerTimeoutMs: 150,
    retryBackoffMs: 5,
    degradedRetryMs: 20,
    recoveryBacklogMax: Number.MAX_SAFE_INTEGER,
    bus: createEventBus(),
  }
}
