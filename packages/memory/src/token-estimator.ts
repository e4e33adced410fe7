import { HarborageError } from '@harborage/core'
import { describeType } from '@harborage/core/kit'
import type { ConversationTurn } from './conversation.ts'
import { carriedText } from './internal/turn-text.ts'

/**
 * Estimates the number of tokens of a text: a whole number from 0 to 2^31 - 1. Any tokenizer will
 * do. For a turn it is called with each of its two texts, and with the JSON of `trajectoryDigest`,
 * `artifactsShown` and `artifactsHiddenRefs` if the turn has them.
 */
export type TokenEstimator = (text: string) => number

/**
 * Returns a rough estimate of a text that needs no tokenizer: one token for every four UTF-8 bytes,
 * rounded down, plus one.
 */
export function estimateByBytes(text: string): number {
  return Math.floor(Buffer.byteLength(text) / 4) + 1
}

/**
 * Returns the tokens of a turn: those of its two texts and of the JSON of its other fields.
 *
 * @param text The turn as it is stored.
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

/** Returns the tokens of a summary. An empty one has none. */
export function summaryTokens(estimate: TokenEstimator, summary: string): number {
  return summary === '' ? 0 : tokensOf(estimate, summary)
}

/** More than any text has, and small enough that the sum over a conversation stays exact. */
const MAX_TOKENS = 2 ** 31 - 1

/** Calls the estimator, which is the code of a user: it may throw or return an invalid value. */
function tokensOf(estimate: TokenEstimator, text: string): number {
  const tokens: unknown = ask(estimate, text)
  if (typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 && tokens <= MAX_TOKENS)
    return tokens
  // The rejection of an asynchronous estimator would otherwise be unhandled.
  if (typeof tokens === 'object') Promise.resolve(tokens).catch(() => {})
  throw new HarborageError(
    'invalid_config',
    `tokenEstimator returned ${describeType(tokens)} that is not a whole number from 0 to ${MAX_TOKENS}: it has to return one, and not a promise`,
  )
}

function ask(estimate: TokenEstimator, text: string): unknown {
  try {
    return estimate(text)
  } catch (cause) {
    throw new HarborageError('invalid_config', 'tokenEstimator failed: see the cause', { cause })
  }
}
