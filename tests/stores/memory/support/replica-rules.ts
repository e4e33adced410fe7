import { createEventBus } from '@harborage/core'
import type { MemoryRules, Summarizer } from '@harborage/memory'

export const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/**
 * Short times, so that an abandoned fold is soon replaced, and no turn is ever given up. A
 * patient replica waits longer for its summarizer than the others do: its place may be taken while
 * it is still at work.
 */
export function replicaRules(summarizer: Summarizer, isPatient = false): MemoryRules {
  return {
    strategy: 'rolling_summary',
    recentTurns: 4,
    summarizer,
    summarizerTimeoutMs: isPatient ? 1_000 : 150,
    retryBackoffMs: 5,
    degradedRetryMs: 20,
    recoveryBacklogMax: Number.MAX_SAFE_INTEGER,
    bus: createEventBus(),
  }
}
