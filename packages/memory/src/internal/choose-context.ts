import type { Strategy } from '../conversation.ts'
import type { Conversation, KeptTurn } from '../memory-driver.ts'
import { summaryTokens, turnTokens, type TokenEstimator } from '../token-estimator.ts'
import { parseKeptTurn } from './read-turns.ts'
import { Slices } from './slice.ts'
import { carriesMore } from './turn-text.ts'

/** The LLM context: the part of a conversation for the next call of a language model. */
export interface ChosenContext {
  readonly summary: string
  /** Oldest first. */
  readonly turns: readonly KeptTurn[]
  readonly tokens: number
  /**
   * The tokens of a summary that is left out because it alone is larger than the budget; otherwise
   * 0.
   */
  readonly omittedTokens: number
}

/**
 * Chooses the summary, if it fits the budget, and the newest turns that fit beside it, up to the
 * first one from the end that does not. A budget of 0 is no limit.
 */
export async function chooseContext(
  { summary, turns }: Conversation,
  strategy: Strategy,
  budgetTokens: number,
  estimate: TokenEstimator,
): Promise<ChosenContext> {
  const budget = budgetTokens === 0 ? Number.POSITIVE_INFINITY : budgetTokens
  const shown = strategy === 'rolling_summary' ? summary : ''
  const cost = summaryTokens(estimate, shown)
  const fits = cost <= budget
  const slices = new Slices()
  let tokens = fits ? cost : 0
  let first = turns.length
  for (const turn of turns.toReversed()) {
    const isMore = carriesMore(turn.text)
    if (isMore && slices.add(turn.text.length)) await slices.rest()
    const next = isMore ? tokensNow(turn, estimate) : turn.tokens
    if (tokens + next > budget) break
    tokens += next
    first -= 1
  }
  return {
    summary: fits ? shown : '',
    turns: first === 0 ? turns : turns.slice(first),
    tokens,
    omittedTokens: fits ? 0 : cost,
  }
}

/**
 * Returns the tokens of a turn that has more than its two texts. Earlier releases counted only
 * those, and may run beside this one.
 */
function tokensNow({ tokens, text }: KeptTurn, estimate: TokenEstimator): number {
  const turn = parseKeptTurn(text)
  // A damaged turn is reported when it is read.
  return turn === undefined ? tokens : Math.max(tokens, turnTokens(estimate, turn, text))
}
