import { InvalidConfigError } from '@harborage/core'
import type { ConversationTurn } from './conversation.ts'

/** Estimates how many tokens a text has: a whole number of at least 0. Any tokenizer does. */
export type TokenEstimator = (text: string) => number

/** A rough estimate that needs no tokenizer: a token for every four UTF-8 bytes, and one more. */
export function estimateByBytes(text: string): number {
  return Math.floor(Buffer.byteLength(text) / 4) + 1
}

/** The tokens of a turn: those of its two texts. */
export function turnTokens(estimate: TokenEstimator, turn: ConversationTurn): number {
  return checked(estimate(turn.userMessage)) + checked(estimate(turn.assistantResponse))
}

/** The tokens of a summary; an empty one costs nothing. */
export function summaryTokens(estimate: TokenEstimator, summary: string): number {
  return summary === '' ? 0 : checked(estimate(summary))
}

function checked(tokens: number): number {
  if (Number.isSafeInteger(tokens) && tokens >= 0) return tokens
  throw new InvalidConfigError('tokenEstimator must answer a whole number of at least 0')
}
