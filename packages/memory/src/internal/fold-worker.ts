import { newEventId, operationChannel, type EventId, type RunIdentity } from '@harborage/core'
import { describeType, isError, traceOperation } from '@harborage/core/kit'
import type { HeldMemory, MemoryChange, MemoryDriver, ReadSet } from '../memory-driver.ts'
import type { MemoryEvents } from '../memory-events.ts'
import type { Summarizer } from '../summarizer.ts'
import type { TokenEstimator } from '../token-estimator.ts'
import {
  claimFold,
  commitFold,
  failFold,
  FOLD_BATCH_TURNS,
  releaseFold,
  wasApplied,
  type Claim,
  type Claimed,
  type ClaimRules,
  type Failure,
  type FoldEnd,
} from './fold-decisions.ts'
import { LeaseTimer } from './lease-timer.ts'
import { readTurns } from './read-turns.ts'
import { replayable } from './replayable.ts'
import { summarizeInTime, type SummaryOutcome } from './summarize-in-time.ts'

/** The rules of a fold. Times are in milliseconds. */
export interface FoldRules {
  readonly recentTurns: number
  readonly budgetTokens: number
  readonly retryAttempts: number
  readonly retryBackoffMs: number
  readonly degradedRetryMs: number
  readonly summarizerTimeoutMs: number
  readonly tokenEstimator: TokenEstimator
}

/** The parts of the store that a fold uses. */
export interface FoldDependencies {
  readonly driver: MemoryDriver
  readonly summarizer: Summarizer
  readonly events: MemoryEvents
}

/**
 * What follows an attempt.
 *
 * - `now`: the next attempt.
 * - `retry`: the next attempt after a pause. It keeps the process alive, and a touch does not
 *   shorten it.
 * - `revisit`: the next attempt after a pause. It does not keep the process alive, and a touch may
 *   end it.
 * - `idle`: nothing until the conversation is touched.
 */
export type NextStep =
  | { readonly kind: 'now' }
  | { readonly kind: 'retry' | 'revisit'; readonly delayMs: number }
  | { readonly kind: 'idle' }

const claimReadSet: ReadSet = { oldestTurns: () => FOLD_BATCH_TURNS, summary: true }

/** The end of a fold reads only the header. */
const endReadSet: ReadSet = {}

/**
 * The largest random part by which a pause is longer, so that many that failed together are not
 * retried together.
 */
const SPREAD = 0.5

/**
 * Folds one conversation, one attempt at a time. The state of a fold is in the driver: if this
 * process dies, the next one that touches the conversation continues.
 */
export class FoldWorker {
  readonly #identity: Required<RunIdentity>
  readonly #rules: FoldRules
  readonly #dependencies: FoldDependencies
  /**
   * The id of this worker's claims. It is kept until one has ended, since after a lost answer an
   * own claim may still be in force.
   */
  #claimId: EventId | undefined
  /** The claim of another worker or the failure that this one waits for. */
  readonly #obstacle = new LeaseTimer()
  #failure: Error | undefined

  constructor(identity: Required<RunIdentity>, rules: FoldRules, dependencies: FoldDependencies) {
    this.#identity = identity
    this.#rules = rules
    this.#dependencies = dependencies
  }

  /** The error of the last attempt, if the database failed. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Returns whether this worker waits for a claim to expire. */
  isWaitingFor(claimId: string | undefined): boolean {
    return claimId !== undefined && this.#obstacle.name === claimObstacle(claimId)
  }

  /**
   * Claims the conversation, summarizes and commits, if there is something to fold. Never rejects.
   *
   * @param closing Aborts the summarization once the grace period of a close is over.
   */
  async attempt(closing: AbortSignal): Promise<NextStep> {
    try {
      const next = await this.#attempt(closing)
      this.#claimId = undefined
      this.#failure = undefined
      return next
    } catch (error) {
      // The database failed. The turns are unchanged, so trying again later is enough.
      this.#failure = isError(error) ? error : new Error(describeType(error))
      return this.#revisitLater()
    }
  }

  async #attempt(closing: AbortSignal): Promise<NextStep> {
    const claim = await this.#claim()
    switch (claim.kind) {
      case 'idle':
        return { kind: 'idle' }
      case 'busy':
        return { kind: 'revisit', delayMs: this.#timeLeftOfClaim(claim.claimId) }
      case 'early':
        return { kind: 'retry', delayMs: this.#timeLeftOfPause(claim.failure) }
      case 'claimed':
        return this.#fold(claim, closing)
    }
  }

  async #claim(): Promise<Claim> {
    const { driver, events } = this.#dependencies
    const own = (this.#claimId ??= newEventId())
    const rules: ClaimRules = {
      recentTurns: this.#rules.recentTurns,
      mayReplace: (claimId) => claimId === own || this.#timeLeftOfClaim(claimId) === 0,
      mayRetry: (failure) => this.#timeLeftOfPause(failure) === 0,
    }
    const decide = replayable(
      (held) => claimFold(held, own, rules),
      ({ header }) => header?.foldClaimId === own,
    )
    const claim = await driver.change(this.#identity, claimReadSet, decide)
    if (claim.kind === 'claimed') events.healthChanged(this.#identity, claim.steps)
    return claim
  }

  async #fold(claim: Claimed, closing: AbortSignal): Promise<NextStep> {
    const outcome = await this.#summarize(claim, closing)
    if (outcome.kind === 'aborted') {
      const steps = await this.#end(claim, (held) => releaseFold(held, claim))
      this.#dependencies.events.healthChanged(this.#identity, steps)
      return { kind: 'idle' }
    }
    const end = await this.#end(claim, (held) =>
      outcome.kind === 'summarized'
        ? commitFold(held, claim, outcome.summary)
        : failFold(held, claim, this.#rules.retryAttempts, outcome.reason),
    )
    this.#dependencies.events.healthChanged(this.#identity, end.steps)
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
        this.#dependencies.summarizer,
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
    const once = replayable(decide, (held) => wasApplied(held, claim))
    return this.#dependencies.driver.change(this.#identity, endReadSet, once)
  }

  #after({ claimId }: Claimed, { stale, health, failures }: FoldEnd): NextStep {
    if (stale || health === 'healthy') return { kind: 'now' }
    if (health === 'retry') {
      return { kind: 'retry', delayMs: this.#timeLeftOfPause({ claimId, count: failures }) }
    }
    return this.#revisitLater()
  }

  #revisitLater(): NextStep {
    const delayMs = this.#rules.degradedRetryMs * (1 + SPREAD * Math.random())
    return { kind: 'revisit', delayMs }
  }

  /** Returns how long to respect the claim of another worker, which may have died. */
  #timeLeftOfClaim(claimId: string): number {
    return this.#obstacle.timeLeft(claimObstacle(claimId), this.#rules.summarizerTimeoutMs)
  }

  /** Returns how long a retry still has to wait after a failure, of this process or another. */
  #timeLeftOfPause({ claimId = '', count }: Failure): number {
    const pauseMs = this.#rules.retryBackoffMs * 2 ** (count - 1)
    return this.#obstacle.timeLeft(`failure of ${claimId}`, pauseMs, SPREAD)
  }
}

function claimObstacle(claimId: string): string {
  return `claim of ${claimId}`
}

function traceSummary(summarize: () => Promise<SummaryOutcome>): Promise<SummaryOutcome> {
  if (!operationChannel.hasSubscribers) return summarize()
  const outcomeOf = (ended: SummaryOutcome): string =>
    ended.kind === 'failed' ? ended.reason : ended.kind
  return traceOperation({ store: 'memory', operation: 'summarize', outcomeOf }, summarize)
}
