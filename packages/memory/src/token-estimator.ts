import { HarborageError } from '@harborage/core'
import { describeType } from '@harborage/core/kit'
import type { ConversationTurn } from './conversation.ts'
import { carriedText } from './internal/turn-text.ts'

/**
 * Estimates how many tokens a text has: a whole number from 0 to 2^31 - 1. Any tokenizer does. Of a turn it is asked for
 * both texts, and once more for the JSON of what else the turn carries: `trajectoryDigest`, `artifactsShown` and
 * `artifactsHiddenRefs`.
 */
export type TokenEstimator = (text: string) => number

/** A rough estimate that needs no tokenizer: a token for every four UTF-8 bytes, and one more. */
export function estimateByBytes(text: string): number {
  return Math.floor(Buffer.byteLength(text) / 4) + 1
}

/**
 * Returns the tokens of a turn: those of its two texts, and of the JSON of all that it carries beside them.
 *
 * @param text The turn as it is kept.
 */
export function turnTokens(
  estimate: TokenEstimator,
  turn: Pick<ConversationTurn, 'userMessage' | 'assistantResponse'>,
  text: string,
): number {
  const said = tokensOf(estimate, turn.userMessage) + tokensOf(estimate, turn.assistantResponse)
  const carried = carriedText(text)
  return carried === '' ? said : said + tokensOf(estimate, carried)
}

/** The tokens of a summary; an empty one costs nothing. */
export function summaryTokens(estimate: TokenEstimator, summary: string): number {
  return summary === '' ? 0 : tokensOf(estimate, summary)
}

/** So large that no text has as many, and so small that the sum over a conversation stays exact. */
const MAX_TOKENS = 2 ** 31 - 1

/** Asks the estimator, which is anybody's code: it may throw or answer nonsense. */
function tokensOf(estimate: TokenEstimator, text: string): number {
  const tokens: unknown = ask(estimate, text)
  if (typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 && tokens <= MAX_TOKENS)
    return tokens
  // What an asynchronous one fails with would otherwise go unhandled.
  if (typeof tokens === 'object') Promise.resolve(tokens).catch(() => {})
  throw new HarborageError(
    'invalid_config',
    `tokenEstimator answered ${describeType(tokens)} that is no whole number from 0 to ${MAX_TOKENS}`,
  )
}

function ask(estimate: TokenEstimator, text: string): unknown {
  try {
    return estimate(text)
  } catch (cause) {
    throw new HarborageError('invalid_config', 'tokenEstimator failed: see the cause', { cause })
  }
}
