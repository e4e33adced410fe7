import { type EventBus, HarborageError, type StoreConfig } from '@harborage/core'
import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'
import {
  REMEMBERED_TURN_IDS,
  REMEMBERED_TURN_IDS_MS,
  SNAPSHOT_TURN_IDS,
  type Strategy,
} from './conversation.ts'
import type { Summarizer } from './summarizer.ts'
import { estimateByBytes, type TokenEstimator } from './token-estimator.ts'

/** How a conversation is kept. Times are in milliseconds. */
export interface MemoryRules {
  /** Default: `'none'`, which keeps nothing. */
  readonly strategy?: Strategy
  /** The most tokens that `getLlmContext` gives; 0: no limit. Default: 0. */
  readonly budgetTokens?: number
  /** How many of the newest turns `rolling_summary` keeps word by word. Default: 4. */
  readonly recentTurns?: number
  /** Where events are published: `createEventBus()`, or one of your own. */
  readonly bus: EventBus
  /** Writes the summaries; needed for `rolling_summary`. */
  readonly summarizer?: Summarizer
  /** Default: a token for every four bytes of a text, and one more. */
  readonly tokenEstimator?: TokenEstimator
  /** How often a failed summarisation is retried before the conversation is degraded. Default: 3. */
  readonly retryAttempts?: number
  /** The pause before the first retry; it doubles with each, and is up to a half longer at random. Default: 100. */
  readonly retryBackoffMs?: number
  /**
   * The pause before a degraded conversation tries to recover by itself. Each is up to half as long again, at random, so
   * that many do not try at once. Default: 10,000.
   */
  readonly degradedRetryMs?: number
  /**
   * How many batches of 16 turns, at least 1, may wait for a summary while degraded, beside the batch that a recovery is
   * tried with; older ones are dropped. Default: 16.
   */
  readonly recoveryBacklogMax?: number
  /**
   * How long a summarisation may take. After that it counts as failed, and another process may take the place of one
   * that died in the middle of it. Default: 60,000.
   */
  readonly summarizerTimeoutMs?: number
  /** How many conversations this store folds at a time, each with one call of the summarizer. Default: 8. */
  readonly maxConcurrentSummaries?: number
  /**
   * How many of the newest turns' ids are remembered, at least 64. An id is forgotten once it is past both this number and
   * {@link rememberedTurnIdsMs}: a retry that comes later is a new turn. Default: 1,024.
   */
  readonly rememberedTurnIds?: number
  /** For how long a turn's id is remembered, however many turns follow. Default: 86,400,000, a day. */
  readonly rememberedTurnIdsMs?: number
  /** How long `close` lets a running summarisation go on before it aborts it. Default: 1,000. */
  readonly closeGraceMs?: number
}

/** What `openMemoryStore` takes. */
export interface MemoryStoreConfig extends StoreConfig, MemoryRules {}

/** Checked rules with their defaults. */
export type CheckedMemoryRules = Required<Omit<MemoryRules, 'summarizer'>> & {
  readonly summarizer?: Summarizer
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
 * Checks the rules and fills in the defaults.
 *
 * @throws `strategy_not_implemented` for a strategy that is not known; `invalid_config`.
 */
export function parseMemoryRules(config: MemoryRules): CheckedMemoryRules {
  const { strategy } = parseConfig(anyStrategy, config)
  if (typeof strategy === 'string' && !rules.shape.strategy.safeParse(strategy).success) {
    throw new HarborageError(
      'strategy_not_implemented',
      'the strategy is not known: use none, truncation or rolling_summary',
    )
  }
  return parseConfig(rules, config)
}

/** The names of the options that only this store has. */
export const memoryRuleNames: readonly string[] = Object.keys(rules.shape)

function hasMethod(value: unknown, method: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function'
  )
}
