import { type EventId, newEventId, operationChannel, type RunIdentity } from '@harborage/core'
import { describeType, isError, traceOperation } from '@harborage/core/kit'
import type { HeldMemory, Look, MemoryChange, MemoryDriver } from '../memory-driver.ts'
import type { MemoryEvents } from '../memory-events.ts'
import type { Summarizer } from '../summarizer.ts'
import type { TokenEstimator } from '../token-estimator.ts'
import { decideOnce } from './decide-once.ts'
import { FirstSight } from './first-sight.ts'
import {
  claimFold,
  commitFold,
  failFold,
  FOLD_BATCH_TURNS,
  hasEnded,
  releaseFold,
  type Claim,
  type Claimed,
  type ClaimRules,
  type Failure,
  type FoldEnd,
} from './fold-turns.ts'
import { readTurns } from './read-turns.ts'
import { summarizeInTime, type SummaryOutcome } from './summarize-in-time.ts'

/** How folding is done. Times are in milliseconds. */
export interface FoldRules {
  readonly recentTurns: number
  readonly budgetTokens: number
  readonly retryAttempts: number
  readonly retryBackoffMs: number
  readonly degradedRetryMs: number
  readonly summarizerTimeoutMs: number
  readonly tokenEstimator: TokenEstimator
}

/** What folding needs of the store. */
export interface FoldTools {
  readonly driver: MemoryDriver
  readonly summarizer: Summarizer
  readonly events: MemoryEvents
}

/**
 * What comes after an attempt: the next one at once, a retry after its pause, a return at some time, or nothing before
 * somebody touches the conversation. A retry keeps its pause and is worth staying alive for; a return is neither.
 */
export type Next =
  | { readonly kind: 'now' }
  | { readonly kind: 'retry' | 'return'; readonly delayMs: number }
  | { readonly kind: 'rest' }

const lookToClaim: Look = { oldestTurns: () => FOLD_BATCH_TURNS, summary: true }

/** The end of a folding looks at the bookkeeping only. */
const lookToEnd: Look = {}

/** By how much of itself a pause is longer at most, at random, so that many who failed together do not come back so. */
const SPREAD = 0.5

/**
 * Folds one conversation, one attempt at a time. What matters is in the driver: should this process die, the next one
 * that touches the conversation goes on.
 */
export class FoldWorker {
  readonly #identity: Required<RunIdentity>
  readonly #rules: FoldRules
  readonly #tools: FoldTools
  /** The name of the claims until one has ended for sure: if an answer is lost, an own claim may be in the way. */
  #ownName: EventId | undefined
  /** The claim of another or the failure that has to be waited for. */
  readonly #obstacle = new FirstSight()
  #failure: Error | undefined

  constructor(identity: Required<RunIdentity>, rules: FoldRules, tools: FoldTools) {
    this.#identity = identity
    this.#rules = rules
    this.#tools = tools
  }

  /** Why the last attempt did not come to an end, if it did not: the database failed. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Tells whether a claim is the one that is being waited for. */
  isWaitingFor(folder: string | undefined): boolean {
    return folder !== undefined && this.#obstacle.name === claimOf(folder)
  }

  /**
   * Claims the conversation, summarizes and commits, as far as there is something to fold. Never rejects.
   *
   * @param closing Ends a summarization that goes on for too long after the store was closed.
   */
  async attempt(closing: AbortSignal): Promise<Next> {
    try {
      const next = await this.#attempt(closing)
      this.#ownName = undefined
      this.#failure = undefined
      return next
    } catch (error) {
      // The database failed. The turns are where they were, so the only thing to do is to come back.
      this.#failure = isError(error) ? error : new Error(describeType(error))
      return this.#returnLater()
    }
  }

  async #attempt(closing: AbortSignal): Promise<Next> {
    const claim = await this.#claim()
    switch (claim.kind) {
      case 'idle':
        return { kind: 'rest' }
      case 'busy':
        return { kind: 'return', delayMs: this.#timeLeftOfClaim(claim.folder) }
      case 'early':
        return { kind: 'retry', delayMs: this.#timeLeftOfPause(claim.failure) }
      case 'claimed':
        return this.#fold(claim, closing)
    }
  }

  async #claim(): Promise<Claim> {
    const { driver, events } = this.#tools
    const own = (this.#ownName ??= newEventId())
    const rules: ClaimRules = {
      recentTurns: this.#rules.recentTurns,
      mayReplace: (folder) => folder === own || this.#timeLeftOfClaim(folder) === 0,
      mayRetry: (failure) => this.#timeLeftOfPause(failure) === 0,
    }
    const decide = decideOnce(
      (held) => claimFold(held, own, rules),
      ({ header }) => header?.folder === own,
    )
    const claim = await driver.change(this.#identity, lookToClaim, decide)
    if (claim.kind === 'claimed') events.healthChanged(this.#identity, claim.steps)
    return claim
  }

  async #fold(claim: Claimed, closing: AbortSignal): Promise<Next> {
    const outcome = await this.#summarize(claim, closing)
    if (outcome.kind === 'aborted') {
      const steps = await this.#end(claim, (held) => releaseFold(held, claim))
      this.#tools.events.healthChanged(this.#identity, steps)
      return { kind: 'rest' }
    }
    const end = await this.#end(claim, (held) =>
      outcome.kind === 'summarized'
        ? commitFold(held, claim, outcome.summary)
        : failFold(held, claim, this.#rules.retryAttempts, outcome.reason),
    )
    this.#tools.events.healthChanged(this.#identity, end.steps)
    return this.#after(claim, end)
  }

  async #summarize(
    { previousSummary, turns: kept }: Claimed,
    closing: AbortSignal,
  ): Promise<SummaryOutcome> {
    const turns = await readTurns(kept).catch(() => undefined)
    if (turns === undefined) return { kind: 'failed', reason: 'turn_damaged' }
    const { budgetTokens } = this.#rules
    return traceSummary(() =>
      summarizeInTime(
        this.#tools.summarizer,
        this.#rules.tokenEstimator,
        this.#identity,
        { previousSummary, turns, ...(budgetTokens > 0 && { maxTokens: budgetTokens }) },
        this.#rules.summarizerTimeoutMs,
        closing,
      ),
    )
  }

  #end<Result>(
    claim: Claimed,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const once = decideOnce(decide, (held) => hasEnded(held, claim))
    return this.#tools.driver.change(this.#identity, lookToEnd, once)
  }

  #after({ folder }: Claimed, { stale, health, failures }: FoldEnd): Next {
    if (stale || health === 'healthy') return { kind: 'now' }
    if (health === 'retry') {
      return { kind: 'retry', delayMs: this.#timeLeftOfPause({ folder, count: failures }) }
    }
    return this.#returnLater()
  }

  #returnLater(): Next {
    const delayMs = this.#rules.degradedRetryMs * (1 + SPREAD * Math.random())
    return { kind: 'return', delayMs }
  }

  /** How long the claim of another is still to be respected; whoever holds it may have died. */
  #timeLeftOfClaim(folder: string): number {
    return this.#obstacle.timeLeft(claimOf(folder), this.#rules.summarizerTimeoutMs)
  }

  /** How long a retry still has to wait, whoever it was that failed. */
  #timeLeftOfPause({ folder = '', count }: Failure): number {
    const pauseMs = this.#rules.retryBackoffMs * 2 ** (count - 1)
    return this.#obstacle.timeLeft(`failure of ${folder}`, pauseMs, SPREAD)
  }
}

function claimOf(folder: string): string {
  return `claim of ${folder}`
}

function traceSummary(summarize: () => Promise<SummaryOutcome>): Promise<SummaryOutcome> {
  if (!operationChannel.hasSubscribers) return summarize()
  const outcomeOf = (ended: SummaryOutcome): string =>
    ended.kind === 'failed' ? ended.reason : ended.kind
  return traceOperation({ store: 'memory', operation: 'summarize', outcomeOf }, summarize)
}
