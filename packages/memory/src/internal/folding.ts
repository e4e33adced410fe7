import {
  describeType,
  isError,
  newEventId,
  operationChannel,
  traceOperation,
  type EventId,
  type RunIdentity,
} from '@harborage/core'
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
import { isOverWithin } from './is-over-within.ts'
import { readTurns } from './read-turns.ts'
import { summarizeInTime, type SummaryOutcome } from './summarize-in-time.ts'

/** How folding is done. Times are in milliseconds. */
export interface FoldingRules {
  readonly recentTurns: number
  readonly retryAttempts: number
  readonly retryBackoffMs: number
  readonly degradedRetryMs: number
  readonly summarizerTimeoutMs: number
  readonly tokenEstimator: TokenEstimator
}

/** What folding needs of the store. */
export interface FoldingTools {
  readonly driver: MemoryDriver
  readonly summarizer: Summarizer
  readonly events: MemoryEvents
}

/**
 * What comes after an attempt: the next one at once, a retry after its pause, a return at some time, or nothing before
 * somebody touches the conversation. A retry keeps its pause and is worth staying alive for; a return is neither.
 */
type Next =
  | { readonly kind: 'now' }
  | { readonly kind: 'retry' | 'return'; readonly delayMs: number }
  | { readonly kind: 'rest' }

const lookToClaim: Look = { oldestTurns: () => FOLD_BATCH_TURNS, summary: true }

/** The end of a folding looks at the bookkeeping only. */
const lookToEnd: Look = {}

/** The longest pause that a timer can make; a longer one would end at once. */
const MAX_PAUSE_MS = 2 ** 31 - 1

/**
 * Folds one conversation in the background, one summarisation at a time. Whatever matters is in the driver: should this
 * process die, the next one that touches the conversation goes on.
 */
export class Folding {
  readonly #identity: Required<RunIdentity>
  readonly #rules: FoldingRules
  readonly #tools: FoldingTools
  readonly #onSettled: () => void
  readonly #abort = new AbortController()
  #running: Promise<void> | undefined
  #touched = false
  #isStopping = false
  /** The name of the claims until one has ended for sure: if an answer is lost, an own claim may be in the way. */
  #ownName: EventId | undefined
  /** The claim of another or the failure that has to be waited for. */
  readonly #obstacle = new FirstSight()
  #waiting: { readonly timer: NodeJS.Timeout; readonly isRetry: boolean } | undefined
  #failure: Error | undefined

  constructor(
    identity: Required<RunIdentity>,
    rules: FoldingRules,
    tools: FoldingTools,
    onSettled: () => void,
  ) {
    this.#identity = identity
    this.#rules = rules
    this.#tools = tools
    this.#onSettled = onSettled
  }

  /** Whether nothing is running or about to be retried. Waiting for a recovery, or for another process, is rest. */
  get isSettled(): boolean {
    return this.#running === undefined && this.#waiting?.isRetry !== true
  }

  /** Why the last attempt did not come to an end, if it did not: the database failed. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Whether there is nothing to remember of this conversation. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#waiting === undefined
  }

  /**
   * Says that the conversation has changed or was looked at: there may be something to fold.
   *
   * @param folder Whose claim was seen to stand.
   */
  touch(folder: string | undefined): void {
    if (this.#isStopping) return
    this.#touched = true
    if (this.#running === undefined && !this.#isWorthWaiting(folder)) this.#start()
  }

  /** A retry keeps its pause, and a claim that is known already its time; anything else is tried at once. */
  #isWorthWaiting(folder: string | undefined): boolean {
    if (this.#waiting === undefined) return false
    return (
      this.#waiting.isRetry || (folder !== undefined && this.#obstacle.name === claimOf(folder))
    )
  }

  /** Lets a running summarisation end, but not longer than the grace period; then aborts it. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    this.#clearTimer()
    if (this.#running !== undefined) await isOverWithin(graceMs, this.#running)
    this.#abort.abort()
    await this.#running
  }

  #start(): void {
    this.#clearTimer()
    this.#running = this.#runOnce()
  }

  async #runOnce(): Promise<void> {
    const next = await this.#run()
    this.#running = undefined
    this.#schedule(next)
    this.#onSettled()
  }

  #schedule(next: Next): void {
    if (this.#isStopping) return
    if (next.kind === 'now' || (next.kind === 'rest' && this.#touched)) {
      this.#start()
      return
    }
    if (next.kind === 'rest') return
    const isRetry = next.kind === 'retry'
    const timer = setTimeout(() => this.#start(), Math.min(next.delayMs, MAX_PAUSE_MS))
    if (!isRetry) timer.unref()
    this.#waiting = { timer, isRetry }
  }

  async #run(): Promise<Next> {
    this.#touched = false
    try {
      const next = await this.#attempt()
      this.#ownName = undefined
      this.#failure = undefined
      return next
    } catch (error) {
      // The database failed. The turns are where they were, so the only thing to do is to come back.
      this.#failure = isError(error) ? error : new Error(describeType(error))
      return { kind: 'return', delayMs: this.#rules.degradedRetryMs }
    }
  }

  async #attempt(): Promise<Next> {
    const claim = await this.#claim()
    switch (claim.kind) {
      case 'idle':
        return { kind: 'rest' }
      case 'busy':
        return { kind: 'return', delayMs: this.#timeLeftOfClaim(claim.folder) }
      case 'early':
        return { kind: 'retry', delayMs: this.#timeLeftOfPause(claim.failure) }
      case 'claimed':
        return this.#fold(claim)
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

  async #fold(claim: Claimed): Promise<Next> {
    const outcome = await this.#summarize(claim)
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

  async #summarize({ previousSummary, turns: kept }: Claimed): Promise<SummaryOutcome> {
    const turns = await readTurns(kept).catch(() => undefined)
    if (turns === undefined) return { kind: 'failed', reason: 'turn_damaged' }
    return traceSummary(() =>
      summarizeInTime(
        this.#tools.summarizer,
        this.#rules.tokenEstimator,
        this.#identity,
        { previousSummary, turns },
        this.#rules.summarizerTimeoutMs,
        this.#abort.signal,
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
    return { kind: 'return', delayMs: this.#rules.degradedRetryMs }
  }

  /** How long the claim of another is still to be respected; whoever holds it may have died. */
  #timeLeftOfClaim(folder: string): number {
    return this.#obstacle.timeLeft(claimOf(folder), this.#rules.summarizerTimeoutMs)
  }

  /** How long a retry still has to wait, whoever it was that failed. */
  #timeLeftOfPause({ folder = '', count }: Failure): number {
    const pauseMs = this.#rules.retryBackoffMs * 2 ** (count - 1)
    return this.#obstacle.timeLeft(`failure of ${folder}`, pauseMs)
  }

  #clearTimer(): void {
    clearTimeout(this.#waiting?.timer)
    this.#waiting = undefined
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
