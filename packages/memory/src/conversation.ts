import type { EventId, JsonObject } from '@harborage/core'

/**
 * How a conversation is kept.
 *
 * - `none` keeps no turns.
 * - `truncation` keeps the newest turns that fit the token budget.
 * - `rolling_summary` keeps the newest turns, and folds older ones into a running summary.
 */
export type Strategy = 'none' | 'truncation' | 'rolling_summary'

/** The size limit of a turn, in bytes of JSON: 1 MiB. Larger content belongs in an artifact. */
export const MAX_TURN_BYTES: number = 1024 * 1024

/** The size limit of the summary that a summarizer returns, in bytes: 1 MiB. */
export const MAX_SUMMARY_BYTES: number = 1024 * 1024

/** The size limit of a snapshot, in bytes: 64 MiB. */
export const MAX_SNAPSHOT_BYTES: number = 64 * 1024 * 1024

/** The default of `rememberedTurnIds`: the number of newest turns whose ids are remembered. */
export const REMEMBERED_TURN_IDS = 1_024

/**
 * The default of `rememberedTurnIdsMs`, the time for which turn ids are remembered, in
 * milliseconds: a day.
 */
export const REMEMBERED_TURN_IDS_MS = 86_400_000

/**
 * The largest number of turn ids in a snapshot: the newest, also of turns that it no longer
 * contains.
 */
export const SNAPSHOT_TURN_IDS = 64

/** A short account of how an agent reached its response. */
export interface TrajectoryDigest {
  /** The names of the tools that were called. */
  readonly toolsInvoked: readonly string[]
  /** A summary of what the tools returned. */
  readonly observationsSummary: string
  /** A summary of the reasoning. */
  readonly reasoningSummary: string
  /** The ids of the artifacts that were made or used. */
  readonly artifactsRefs: readonly string[]
}

/** One exchange of a conversation, of at most {@link MAX_TURN_BYTES} as JSON. */
export interface ConversationTurn {
  /** The message of the user. */
  readonly userMessage: string
  /** The response of the assistant. */
  readonly assistantResponse: string
  /** When it was said, to the millisecond. It does not affect the order. Default: now. */
  readonly timestamp?: Date
  /**
   * The idempotency key: a retry with it adds nothing. Default: a new one, so that every call adds
   * a turn.
   */
  readonly turnId?: EventId
  /** How the agent reached its response. Default: none. */
  readonly trajectoryDigest?: TrajectoryDigest
  /** The artifacts that the user was shown. Default: none. */
  readonly artifactsShown?: JsonObject
  /** The ids of artifacts that the user was not shown. Default: none. */
  readonly artifactsHiddenRefs?: readonly string[]
}

/** The part of a conversation for the next call of a language model. */
export interface LlmContextPatch {
  /** The strategy of the store. */
  readonly strategy: Strategy
  /** The running summary of older turns; `''` if there is none or it does not fit the budget. */
  readonly summary: string
  /** The newest turns, oldest first. */
  readonly recentTurns: readonly ConversationTurn[]
  /**
   * The estimated tokens of the summary and the turns. It is never above the budget, if there is
   * one.
   */
  readonly tokens: number
}

/**
 * What `forget` did with a turn.
 *
 * - `removed`: the turn is no longer kept.
 * - `summarized`: the turn is part of the summary, and nothing was removed. (Also if the turn was
 *   dropped because the summarizer failed for too long: only its id is known by then.)
 * - `absent`: the conversation has no such turn, or no longer knows its id.
 */
export type ForgetOutcome = 'removed' | 'summarized' | 'absent'

/** A conversation as bytes, which can be restored on any driver. */
export interface MemorySnapshot {
  /** The strategy of the conversation. Default: the one in the bytes. */
  readonly strategy?: Strategy
  /** JSON in UTF-8. Empty bytes without a strategy stand for no conversation. */
  readonly bytes: Uint8Array
}
