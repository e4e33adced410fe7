import { createEventBus } from '@harborage/core'
import { openMemoryStore, type MemoryStore, type MemoryStoreConfig } from '@harborage/memory'
import { extractiveSummarizer } from './extractive-summarizer.ts'
import { numberingSummarizer } from './numbering-summarizer.ts'

/** Opens the memory store of the run, in the same database as its state. */
export function openMemory(
  place: Pick<MemoryStoreConfig, 'dsn' | 'database'> = {},
): Promise<MemoryStore> {
  return openMemoryStore({
    ...place,
    strategy: 'rolling_summary',
    recentTurns: 4,
    summarizer: numberingSummarizer(extractiveSummarizer()),
    // Summaries take only a moment. After this time another worker may replace a killed one.
    summarizerTimeoutMs: 500,
    bus: createEventBus(),
  })
}
