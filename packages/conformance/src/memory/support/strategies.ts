import type { MemoryRules, Strategy } from '@harborage/memory'
import { concatenating } from './summarizers.ts'

/** Rules of each strategy under which nothing is left out of the context. */
export const strategies: readonly (Partial<MemoryRules> & { readonly strategy: Strategy })[] = [
  { strategy: 'none' },
  { strategy: 'truncation' },
  { strategy: 'rolling_summary', recentTurns: 2, summarizer: concatenating },
]

/** Those that keep something. */
export const keepingStrategies: typeof strategies = strategies.filter(
  ({ strategy }) => strategy !== 'none',
)
