import type { RunIdentity } from '@harborage/core'
import { estimateByBytes, type Conversation, type MemoryRules } from '@harborage/memory'
import { brokenDriver, brokenRules, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class NewestFirst extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.toReversed() }
  }
}

class ForgettingTokens extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.map((turn) => ({ ...turn, tokens: 1 })) }
  }
}

function withBudget(change: (budgetTokens: number) => number) {
  return (rules: MemoryRules): MemoryRules => {
    const { budgetTokens = 0 } = rules
    return budgetTokens > 0 ? { ...rules, budgetTokens: change(budgetTokens) } : rules
  }
}

export const truncationFaults: readonly BrokenStore[] = [
  brokenRules(
    'ignores the budget',
    withBudget(() => 0),
  ),
  brokenRules(
    'exceeds its budget by one',
    withBudget((budgetTokens) => budgetTokens + 1),
  ),
  brokenRules(
    'leaves one token of its budget unused',
    withBudget((budgetTokens) => Math.max(budgetTokens - 1, 1)),
  ),
  brokenRules('counts characters instead of bytes', (rules) => ({
    tokenEstimator: (text) => Math.floor(text.length / 4) + 1,
    ...rules,
  })),
  brokenRules('treats a budget of 0 as one of 100', (rules) => ({
    ...rules,
    budgetTokens: rules.budgetTokens || 100,
  })),
  brokenRules('ignores a custom estimator', (rules) => ({
    ...rules,
    tokenEstimator: estimateByBytes,
  })),
  brokenDriver('returns the newest turn first', NewestFirst),
  brokenDriver('stores no tokens', ForgettingTokens),
]
