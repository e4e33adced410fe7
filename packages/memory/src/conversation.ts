import type { EventId, JsonObject } from '@harborage/core'

/** How a conversation is kept. */
export type Strategy = 'none' | 'truncation' | 'rolling_summary'

/** The most bytes of JSON that one turn may have: 1 MiB. Heavier content belongs in an artifact. */
export const MAX_TURN_BYTES: number = 1024 * 1024

/** The most bytes that a summarizer may answer with: 1 MiB. */
export const MAX_SUMMARY_BYTES: number = 1024 * 1024

/** The most bytes that a snapshot may have, to be given and to be restored: 64 MiB. */
export const MAX_SNAPSHOT_BYTES: number = 64 * 1024 * 1024

/** How many of the newest turns' ids are remembered by default, so that a retry of one is stored once. */
export const REMEMBERED_TURN_IDS = 1_024

/** For how many milliseconds a turn's id is remembered by default, however many turns follow: a day. */
export const REMEMBERED_TURN_IDS_MS = 86_400_000

/** How many turn ids a snapshot carries beside those of its own turns: the newest, of turns that are gone too. */
export const SNAPSHOT_TURN_IDS = 64

/** What an agent did to come to its answer, in short. */
export interface TrajectoryDigest {
  readonly toolsInvoked: readonly string[]
  readonly observationsSummary: string
  readonly reasoningSummary: string
  readonly artifactsRefs: readonly string[]
}

/** One exchange of a conversation. At most {@link MAX_TURN_BYTES} as JSON. */
export interface ConversationTurn {
  readonly userMessage: string
  readonly assistantResponse: string
  /** When it was said, to the millisecond. It does not decide about the order. Default: now. */
  readonly timestamp?: Date
  /** The idempotency key: a retry with it is stored once. Left out, a new one: each call, a retry too, is a turn. */
  readonly turnId?: EventId
  /** What the agent did between message and response. Default: nothing is kept of it. */
  readonly trajectoryDigest?: TrajectoryDigest
  /** The artifacts that the user was shown. Default: none. */
  readonly artifactsShown?: JsonObject
  /** The ids of artifacts that the user was not shown. Default: none. */
  readonly artifactsHiddenRefs?: readonly string[]
}

/** What the next call of a language model is to know of the conversation. */
export interface LlmContextPatch {
  readonly strategy: Strategy
  /** The running summary of what is no longer there word by word; `''` if there is none. */
  readonly summary: string
  /** The newest turns, oldest first. */
  readonly recentTurns: readonly ConversationTurn[]
  /** The estimate for the summary and the turns: never above the budget, if there is one. */
  readonly tokens: number
}

/** A conversation as bytes, to be restored on any driver. */
export interface MemorySnapshot {
  /** The strategy of the conversation. Left out, the bytes alone name it. */
  readonly strategy?: Strategy
  readonly bytes: Uint8Array
}
