import { MemoryStore, parseMemoryRules, type MemoryRules, type Summarizer } from '@harborage/memory'
import { brokenRules, brokenStore, type BrokenStore } from './broken-store.ts'

function withSummarizer(
  change: (summarizer: Summarizer) => Summarizer,
): (rules: MemoryRules) => MemoryRules {
  return ({ summarizer, ...rules }) => ({
    ...rules,
    ...(summarizer && { summarizer: change(summarizer) }),
  })
}

/** Closes its driver without ending the background work. */
class UnstoppableStore extends MemoryStore {
  override async close(): Promise<void> {}
}

export const closeFaults: readonly BrokenStore[] = [
  brokenStore('summarizes after it is closed', UnstoppableStore),
  brokenRules('waits for a summarizer that hangs', (rules) => ({
    ...rules,
    closeGraceMs: 1_000_000,
  })),
  brokenRules('has no grace period', (rules) => ({ ...rules, closeGraceMs: 0 })),
  brokenRules(
    'does not abort the summarizer',
    withSummarizer((summarizer) => ({
      summarize: (identity, request) =>
        summarizer.summarize(identity, request, { signal: new AbortController().signal }),
    })),
  ),
  {
    fault: 'waits for a compaction before it aborts its summarizer',
    open: (records, rules) => new PoliteStore(records, { rules: parseMemoryRules(rules) }),
  },
]

class PoliteStore extends MemoryStore {
  #compacting: Promise<void> = Promise.resolve()

  override async compact(...args: Parameters<MemoryStore['compact']>): Promise<void> {
    this.#compacting = super.compact(...args)
    return this.#compacting
  }

  override async close(): Promise<void> {
    await this.#compacting
    return super.close()
  }
}
