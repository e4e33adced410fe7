import { brokenRules, type BrokenStore } from './broken-store.ts'

export const noneFaults: readonly BrokenStore[] = [
  brokenRules('stores turns under none', ({ strategy = 'none', ...rules }) => ({
    ...rules,
    strategy: strategy === 'none' ? 'truncation' : strategy,
  })),
]
