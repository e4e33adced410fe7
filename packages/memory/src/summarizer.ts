import type { RunIdentity } from '@harborage/core'
import type { ConversationTurn } from './conversation.ts'

/** What a summarizer gets: the summary so far, and the turns that are to go into the next one, oldest first. */
export interface SummaryRequest {
  readonly previousSummary: string
  readonly turns: readonly ConversationTurn[]
}

/**
 * Writes the running summary of a conversation, with a language model or without. It may fail: that is retried, and
 * until it succeeds the turns stay as they are.
 */
export interface Summarizer {
  summarize(
    identity: Required<RunIdentity>,
    request: SummaryRequest,
    /** `signal` is aborted when the time for it is up or the store closes. */
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly summary: string }>
}

/**
 * Why a summarisation failed, for events: never what was thrown, which may quote the conversation. `turn_damaged` says
 * that a kept turn cannot be read, so that the summarizer was not asked.
 */
export type SummaryFailure =
  | 'summarizer_failed'
  | 'summarizer_timed_out'
  | 'invalid_summary'
  | 'turn_damaged'
