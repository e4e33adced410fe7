import type { RunIdentity } from '@harborage/core'
import type { ConversationTurn } from './conversation.ts'

/** The request for a summary. */
export interface SummaryRequest {
  /** The current summary; `''` if there is none. */
  readonly previousSummary: string
  /** The turns to add to it, oldest first; at most 16. */
  readonly turns: readonly ConversationTurn[]
  /** The largest number of tokens of the summary. Default: no limit, if the store has no budget. */
  readonly maxTokens?: number
}

/**
 * Writes the running summary of a conversation, with a language model or without. If it fails, it
 * is called again later. Until it succeeds, the turns stay as they are.
 */
export interface Summarizer {
  /**
   * Resolves to a summary of the current summary and the turns of the request, at most 1 MiB. To
   * fail, reject.
   *
   * @param identity The owner of the conversation.
   * @param options Its `signal` is aborted after `summarizerTimeoutMs`, or when the store closes.
   */
  summarize(
    identity: Required<RunIdentity>,
    request: SummaryRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly summary: string }>
}

/**
 * Why a summarization failed, for events. The error itself is not published, since it may quote the
 * conversation.
 *
 * - `summarizer_failed`: the summarizer rejected or threw.
 * - `summarizer_timed_out`: it took longer than `summarizerTimeoutMs`.
 * - `invalid_summary`: it did not return `{ summary }` with a string of at most 1 MiB.
 * - `summary_too_large`: the summary alone would be above the budget, so that no context could
 *   contain it.
 * - `turn_damaged`: a stored turn cannot be read. The summarizer was not called.
 */
export type SummaryFailure =
  | 'summarizer_failed'
  | 'summarizer_timed_out'
  | 'invalid_summary'
  | 'summary_too_large'
  | 'turn_damaged'
