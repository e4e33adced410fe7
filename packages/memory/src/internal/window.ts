import type { Strategy } from '../conversation.ts'
import type { Conversation, KeptTurn } from '../memory-driver.ts'
import { summaryTokens, type TokenEstimator } from '../token-estimator.ts'

/** The part of a conversation that a language model is to know. */
export interface Window {
  readonly summary: string
  /** Oldest first. */
  readonly turns: readonly KeptTurn[]
  readonly tokens: number
}

/** Chooses the summary, if it fits the budget, and the newest turns that fit beside it. A budget of 0 is none. */
export function windowOf(
  { summary, turns }: Conversation,
  strategy: Strategy,
  budgetTokens: number,
  estimate: TokenEstimator,
): Window {
  const budget = budgetTokens === 0 ? Number.POSITIVE_INFINITY : budgetTokens
  const shown = strategy === 'rolling_summary' ? summary : ''
  const cost = summaryTokens(estimate, shown)
  const fitting = cost <= budget ? shown : ''
  const spent = fitting === '' ? 0 : cost
  const newest = newestThatFit(turns, budget - spent)
  return { summary: fitting, turns: newest, tokens: spent + sumOfTokens(newest) }
}

/** The newest turns, oldest first, up to the first one from the end that no longer fits. */
function newestThatFit(turns: readonly KeptTurn[], budget: number): readonly KeptTurn[] {
  let left = budget
  const lastLeftOut = turns.findLastIndex((turn) => {
    left -= turn.tokens
    return left < 0
  })
  return turns.slice(lastLeftOut + 1)
}

export function sumOfTokens(turns: readonly KeptTurn[]): number {
  return turns.reduce((sum, turn) => sum + turn.tokens, 0)
}
