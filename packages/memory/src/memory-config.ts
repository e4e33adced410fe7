import { HarborageError, type EventBus, type StoreConfig } from '@harborage/core'
import { parseConfig, type StoreOptions } from '@harborage/core/kit'
import { z } from 'zod'
import {
  REMEMBERED_TURN_IDS,
  REMEMBERED_TURN_IDS_MS,
  SNAPSHOT_TURN_IDS,
  type Strategy,
} from './conversation.ts'
import type { Summarizer } from './summarizer.ts'
import { estimateByBytes, type TokenEstimator } from './token-estimator.ts'

/** The rules of a memory store. Times are in milliseconds. */
export interface MemoryRules {
  /** How conversations are kept. Default: `'none'`, which keeps no turns. */
  readonly strategy?: Strategy
  /** The largest number of tokens that `getLlmContext` returns; 0 for no limit. Default: 0. */
  readonly budgetTokens?: number
  /** How many of the newest turns `rolling_summary` does not summarize: 0 to 10,000. Default: 4. */
  readonly recentTurns?: number
  /** Where events are published: the result of `createEventBus()`, or an event bus of your own. */
  readonly bus: EventBus
  /** Writes the summaries. Required for `rolling_summary`. */
  readonly summarizer?: Summarizer
  /** Estimates the tokens of a text. Default: {@link estimateByBytes}. */
  readonly tokenEstimator?: TokenEstimator
  /**
   * How often a failed summarization is retried before the conversation is degraded: 0 to 30.
   * Default: 3.
   */
  readonly retryAttempts?: number
  /**
   * The pause before the first retry. It doubles with each retry, and is longer by a random part of
   * up to a half. Default: 100.
   */
  readonly retryBackoffMs?: number
  /**
   * The pause before a degraded conversation is tried again, longer by a random part of up to a
   * half, so that many do not try at once. Default: 10,000.
   */
  readonly degradedRetryMs?: number
  /**
   * How many batches of 16 turns may wait for a summary while the conversation is degraded, besides
   * the batch that a recovery is tried with: at least 1. Older turns are dropped. Default: 16.
   */
  readonly recoveryBacklogMax?: number
  /**
   * How long a summarization may take. A longer one fails, and another process may claim its turns,
   * since the process may have died. Default: 60,000.
   */
  readonly summarizerTimeoutMs?: number
  /**
   * How many summarizations this store runs at a time, each of another conversation: 1 to 10,000.
   * Default: 8.
   */
  readonly maxConcurrentSummaries?: number
  /**
   * The number of newest turns whose ids are remembered: 64 to 1,000,000. An id is forgotten once
   * its turn is past both this number and {@link rememberedTurnIdsMs}. A later retry adds a new
   * turn. Default: 1,024.
   */
  readonly rememberedTurnIds?: number
  /**
   * The time for which a turn id is remembered, regardless of how many turns follow. Default:
   * 86,400,000, a day.
   */
  readonly rememberedTurnIdsMs?: number
  /** How long `close` waits for running summarizations before it aborts them. Default: 1,000. */
  readonly closeGraceMs?: number
}

/** The configuration of `openMemoryStore`. */
export interface MemoryStoreConfig extends StoreConfig, MemoryRules {}

/** Checked rules with their defaults, as `parseMemoryRules` returns them. */
export type CheckedMemoryRules = Required<Omit<MemoryRules, 'summarizer'>> & {
  readonly summarizer?: Summarizer
}

/** Options of the constructor of `MemoryStore`. */
export interface MemoryStoreOptions extends StoreOptions {
  /** The result of {@link parseMemoryRules}. */
  readonly rules: CheckedMemoryRules
}

const MAX_TIMER_MS = 2 ** 31 - 1
const milliseconds = z.int().min(0).max(MAX_TIMER_MS)

const rules = z
  .object({
    strategy: z.enum(['none', 'truncation', 'rolling_summary']).default('none'),
    budgetTokens: z.int().min(0).default(0),
    recentTurns: z.int().min(0).max(10_000).default(4),
    bus: z.custom<EventBus>((value) => hasMethod(value, 'publish'), {
      error: 'must be an event bus: pass createEventBus() of @harborage/core',
    }),
    summarizer: z
      .custom<Summarizer>((value) => hasMethod(value, 'summarize'), {
        error: 'must have a method summarize',
      })
      .exactOptional(),
    tokenEstimator: z
      .custom<TokenEstimator>((value) => typeof value === 'function', {
        error: 'must be a function',
      })
      .default(() => estimateByBytes),
    retryAttempts: z.int().min(0).max(30).default(3),
    retryBackoffMs: milliseconds.default(100),
    degradedRetryMs: milliseconds.min(1).default(10_000),
    recoveryBacklogMax: z.int().min(1).default(16),
    summarizerTimeoutMs: milliseconds.min(1).default(60_000),
    maxConcurrentSummaries: z.int().min(1).max(10_000).default(8),
    rememberedTurnIds: z.int().min(SNAPSHOT_TURN_IDS).max(1_000_000).default(REMEMBERED_TURN_IDS),
    rememberedTurnIdsMs: z.int().min(0).default(REMEMBERED_TURN_IDS_MS),
    closeGraceMs: milliseconds.default(1_000),
  })
  .refine((given) => given.strategy !== 'rolling_summary' || given.summarizer !== undefined, {
    error: 'the strategy rolling_summary needs a summarizer',
    path: ['summarizer'],
  })

const anyStrategy = z.object({ strategy: z.unknown().optional() })

/**
 * Checks rules and fills in their defaults, for the constructor of `MemoryStore`.
 *
 * @throws `strategy_not_implemented` if the strategy is unknown; `invalid_config` if another rule
 * is malformed.
 */
export function parseMemoryRules(config: MemoryRules): CheckedMemoryRules {
  const { strategy } = parseConfig(anyStrategy, config)
  if (typeof strategy === 'string' && !rules.shape.strategy.safeParse(strategy).success) {
    throw new HarborageError(
      'strategy_not_implemented',
      'the strategy is unknown: use none, truncation or rolling_summary',
    )
  }
  return parseConfig(rules, config)
}

/** The names of the options that are specific to the memory store. */
export const memoryRuleNames: readonly string[] = Object.keys(rules.shape)

function hasMethod(value: unknown, method: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function'
  )
}
