import {
  newEventId,
  operationChannel,
  traceOperation,
  type EventId,
  type RunIdentity,
} from '@harborage/core'
import type { Look, MemoryDriver } from '../memory-driver.ts'
import type { MemoryEvents } from '../memory-events.ts'
import type { Summarizer } from '../summarizer.ts'
import type { TokenEstimator } from '../token-estimator.ts'
import {
  claimFold,
  commitFold,
  failFold,
  FOLD_BATCH_TURNS,
  releaseFold,
  type Claim,
  type Claimed,
  type FoldEnd,
} from './fold-turns.ts'
import { summarizeInTime, type SummaryOutcome } from './summarize-in-time.ts'
import { readTurns } from './read-turns.ts'

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

/** What comes after an attempt: the next one at once, later, or not before somebody touches the conversation. */
type Next =
  | { readonly kind: 'now' }
  | { readonly kind: 'later'; readonly delayMs: number; readonly isRetry: boolean }
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
  #ownClaim: EventId | undefined
  /** The claim of another that is in the way, and since when it has been seen there. */
  #blockedBy: { readonly folder: string; readonly since: number } | undefined
  #waiting: { readonly timer: NodeJS.Timeout; readonly isRetry: boolean } | undefined

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
    return this.#waiting.isRetry || (folder !== undefined && folder === this.#blockedBy?.folder)
  }

  /** Lets a running summarisation end, but not longer than the grace period; then aborts it. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    this.#clearTimer()
    const { promise: grace, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, graceMs)
    try {
      await Promise.race([this.#running, grace])
    } finally {
      clearTimeout(timer)
    }
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
    const timer = setTimeout(() => this.#start(), Math.min(next.delayMs, MAX_PAUSE_MS))
    // Only a retry is worth keeping the process alive for.
    if (!next.isRetry) timer.unref()
    this.#waiting = { timer, isRetry: next.isRetry }
  }

  async #run(): Promise<Next> {
    this.#touched = false
    try {
      const claim = await this.#claim()
      switch (claim.kind) {
        case 'idle':
          return { kind: 'rest' }
        case 'busy':
          return { kind: 'later', delayMs: this.#timeLeft(claim.folder), isRetry: false }
        case 'claimed':
          return await this.#fold(claim)
      }
    } catch {
      // The database failed. The turns are where they were, so the only thing to do is to come back.
      return { kind: 'later', delayMs: this.#rules.degradedRetryMs, isRetry: false }
    }
  }

  async #claim(): Promise<Claim> {
    const { driver, events } = this.#tools
    const earlier = this.#ownClaim
    const own = newEventId()
    this.#ownClaim = own
    // An own claim is still there if the answer to it, or to its end, was lost.
    const mayReplace = (folder: string): boolean =>
      folder === own || folder === earlier || this.#timeLeft(folder) === 0
    const claim = await driver.change(this.#identity, lookToClaim, (held) =>
      claimFold(held, own, this.#rules.recentTurns, mayReplace),
    )
    if (claim.kind === 'claimed') events.healthChanged(this.#identity, claim.steps)
    return claim
  }

  async #fold(claim: Claimed): Promise<Next> {
    const { driver, summarizer } = this.#tools
    const request = {
      previousSummary: claim.previousSummary,
      turns: await readTurns(claim.turns),
    }
    const outcome = await traceSummary(() =>
      summarizeInTime(
        summarizer,
        this.#rules.tokenEstimator,
        this.#identity,
        request,
        this.#rules.summarizerTimeoutMs,
        this.#abort.signal,
      ),
    )
    if (outcome.kind === 'aborted') {
      await driver.change(this.#identity, lookToEnd, (held) => releaseFold(held, claim))
      return { kind: 'rest' }
    }
    const end = await driver.change(this.#identity, lookToEnd, (held) =>
      outcome.kind === 'summarized'
        ? commitFold(held, claim, outcome.summary)
        : failFold(held, claim, this.#rules.retryAttempts, outcome.reason),
    )
    this.#tools.events.healthChanged(this.#identity, end.steps)
    return this.#after(end)
  }

  #after({ stale, health, failures }: FoldEnd): Next {
    if (stale || health === 'healthy') return { kind: 'now' }
    if (health === 'retry') {
      const delayMs = this.#rules.retryBackoffMs * 2 ** (failures - 1)
      return { kind: 'later', delayMs, isRetry: true }
    }
    return { kind: 'later', delayMs: this.#rules.degradedRetryMs, isRetry: false }
  }

  /** How long the claim of another is still to be respected; whoever holds it may have died. */
  #timeLeft(folder: string): number {
    const now = performance.now()
    if (this.#blockedBy?.folder !== folder) this.#blockedBy = { folder, since: now }
    return Math.max(this.#blockedBy.since + this.#rules.summarizerTimeoutMs - now, 0)
  }

  #clearTimer(): void {
    clearTimeout(this.#waiting?.timer)
    this.#waiting = undefined
  }
}

function traceSummary(summarize: () => Promise<SummaryOutcome>): Promise<SummaryOutcome> {
  if (!operationChannel.hasSubscribers) return summarize()
  const outcomeOf = (ended: SummaryOutcome): string =>
    ended.kind === 'failed' ? ended.reason : ended.kind
  return traceOperation({ store: 'memory', operation: 'summarize', outcomeOf }, summarize)
}
