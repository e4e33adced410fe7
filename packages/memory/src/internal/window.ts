import { StoreUnavailableError } from '@harborage/core'
import type { LlmContextPatch, Strategy } from '../conversation.ts'
import type { Conversation, KeptTurn } from '../memory-driver.ts'
import { summaryTokens, type TokenEstimator } from '../token-estimator.ts'
import { parseTurn, type TurnWithId } from './turn-text.ts'

/**
 * Chooses what the next call of a language model is to know: the summary, if it fits, and the newest turns that fit
 * beside it.
 */
export function contextOf(
  { summary, turns }: Conversation,
  strategy: Strategy,
  budgetTokens: number,
  estimate: TokenEstimator,
): LlmContextPatch {
  const budget = budgetTokens === 0 ? Number.POSITIVE_INFINITY : budgetTokens
  const shown = strategy === 'rolling_summary' ? summary : ''
  const cost = summaryTokens(estimate, shown)
  const fitting = cost <= budget ? shown : ''
  const spent = fitting === '' ? 0 : cost
  const window = newestThatFit(turns, budget - spent)
  return {
    strategy,
    summary: fitting,
    recentTurns: window.map(readTurn),
    tokens: spent + sumOfTokens(window),
  }
}

/** The newest turns, oldest first, up to the first one from the end that no longer fits. */
export function newestThatFit(turns: readonly KeptTurn[], budget: number): readonly KeptTurn[] {
  let from = turns.length
  let tokens = 0
  for (const turn of turns.toReversed()) {
    tokens += turn.tokens
    if (tokens > budget) break
    from -= 1
  }
  return turns.slice(from)
}

export function sumOfTokens(turns: readonly KeptTurn[]): number {
  return turns.reduce((sum, turn) => sum + turn.tokens, 0)
}

/**
 * Reads a kept turn.
 *
 * @throws `store_unavailable` if it is not what was kept.
 */
export function readTurn({ text }: KeptTurn): TurnWithId {
  const parsed = parseTurn(parseJson(text))
  if (parsed !== undefined) return parsed
  throw new StoreUnavailableError(
    'a kept turn is damaged: restore the conversation from a snapshot',
    { retryable: false },
  )
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
