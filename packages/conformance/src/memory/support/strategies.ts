import type { MemoryRules, Strategy } from '@harborage/memory'
import { concatenating } from './summarizers.ts'

/** Rules of each strategy under which a context leaves out no turn. */
export const strategies: readonly (Partial<MemoryRules> & { readonly strategy: Strategy })[] = [
  { strategy: 'none' },
  { strategy: 'truncation' },
  { strategy: 'rolling_summary', recentTurns: 2, summarizer: concatenating },
]

/** The rules of the strategies that store turns. */
export const storingStrategies: typeof strategies = strategies.filter(
  ({ strategy }) => strategy !== 'none',
)
