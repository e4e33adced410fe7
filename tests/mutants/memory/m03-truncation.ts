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
    'keeps to no budget',
    withBudget(() => 0),
  ),
  brokenRules(
    'goes over its budget by one',
    withBudget((budgetTokens) => budgetTokens + 1),
  ),
  brokenRules(
    'leaves one token of its budget unused',
    withBudget((budgetTokens) => Math.max(budgetTokens - 1, 1)),
  ),
  brokenRules('counts characters in the place of bytes', (rules) => ({
    tokenEstimator: (text) => Math.floor(text.length / 4) + 1,
    ...rules,
  })),
  brokenRules('takes a budget of 0 for one of 100', (rules) => ({
    ...rules,
    budgetTokens: rules.budgetTokens || 100,
  })),
  brokenRules('asks no other estimator than its own', (rules) => ({
    ...rules,
    tokenEstimator: estimateByBytes,
  })),
  brokenDriver('gives the newest turn first', NewestFirst),
  brokenDriver('keeps no tokens', ForgettingTokens),
]
