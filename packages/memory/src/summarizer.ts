import type { RunIdentity } from '@harborage/core'
import type { ConversationTurn } from './conversation.ts'

/** What a summarizer gets: the summary so far, and the turns that are to go into the next one, oldest first. */
export interface SummaryRequest {
  readonly previousSummary: string
  readonly turns: readonly ConversationTurn[]
  /** The most tokens that the summary may have: the budget of the store, if it has one. */
  readonly maxTokens?: number
}

/**
 * Writes the running summary of a conversation, with a language model or without. It may fail: that is retried, and
 * until it succeeds the turns stay as they are.
 */
export interface Summarizer {
  /** Resolves to a summary that covers the summary so far and the turns of the request. */
  summarize(
    identity: Required<RunIdentity>,
    request: SummaryRequest,
    /** `signal` is aborted when the time for it is up or the store closes. */
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly summary: string }>
}

/**
 * Why a summarisation failed, for events: never what was thrown, which may quote the conversation. `turn_damaged`
 * says that a kept turn cannot be read, so that the summarizer was not asked; `summary_too_large`, that the summary alone would
 * be above the budget, so that no context could show it.
 */
export type SummaryFailure =
  | 'summarizer_failed'
  | 'summarizer_timed_out'
  | 'invalid_summary'
  | 'summary_too_large'
  | 'turn_damaged'
