import type { RunIdentity } from '@harborage/core'
import type { MemoryDriver } from '../memory-driver.ts'
import type { MemoryEvents } from '../memory-events.ts'
import type { Summarizer } from '../summarizer.ts'
import {
  claimFold,
  commitFold,
  failFold,
  FOLD_BATCH_TURNS,
  releaseFold,
  type Claim,
  type FoldEnd,
} from './fold-turns.ts'
import { summarizeInTime } from './summarize-in-time.ts'
import { readTurn } from './window.ts'

/** How folding is done. Times are in milliseconds. */
export interface FoldingRules {
  readonly recentTurns: number
  readonly retryAttempts: number
  readonly retryBackoffMs: number
  readonly degradedRetryMs: number
  readonly summarizerTimeoutMs: number
}

/** What folding needs of the store. */
export interface FoldingTools {
  readonly driver: MemoryDriver
  readonly summarizer: Summarizer
  readonly events: MemoryEvents
  /** Names this store among all that may fold the same conversation. */
  readonly folder: string
}

type Claimed = Claim & { readonly kind: 'claimed' }

/** What comes after an attempt: the next one at once, later, or not before somebody touches the conversation. */
type Next =
  | { readonly kind: 'now' }
  | {
      readonly kind: 'later'
      readonly delayMs: number
      readonly isRetry: boolean
      readonly abandoned?: string
    }
  | { readonly kind: 'rest' }

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

  /** Says that the conversation has changed or was looked at: there may be something to fold. */
  touch(): void {
    if (this.#abort.signal.aborted) return
    this.#touched = true
    // A retry keeps its pause; anything else that is waited for is tried at once.
    if (this.#running === undefined && this.#waiting?.isRetry !== true) this.#start(undefined)
  }

  /** Lets a running summarisation end, but not longer than the grace period; then aborts it. */
  async stop(graceMs: number): Promise<void> {
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
    this.#clearTimer()
  }

  #start(abandoned: string | undefined): void {
    this.#clearTimer()
    this.#running = this.#runOnce(abandoned)
  }

  async #runOnce(abandoned: string | undefined): Promise<void> {
    const next = await this.#run(abandoned)
    this.#running = undefined
    this.#schedule(next)
    this.#onSettled()
  }

  #schedule(next: Next): void {
    if (this.#abort.signal.aborted) return
    if (next.kind === 'now' || (next.kind === 'rest' && this.#touched)) {
      this.#start(undefined)
      return
    }
    if (next.kind === 'rest') return
    const timer = setTimeout(() => this.#start(next.abandoned), next.delayMs)
    // Only a retry is worth keeping the process alive for.
    if (!next.isRetry) timer.unref()
    this.#waiting = { timer, isRetry: next.isRetry }
  }

  async #run(abandoned: string | undefined): Promise<Next> {
    this.#touched = false
    try {
      const claim = await this.#claim(abandoned)
      switch (claim.kind) {
        case 'idle':
          return { kind: 'rest' }
        case 'busy':
          return {
            kind: 'later',
            delayMs: this.#rules.summarizerTimeoutMs,
            isRetry: false,
            abandoned: claim.folder,
          }
        case 'claimed':
          return await this.#fold(claim)
      }
    } catch {
      // The database failed. The turns are where they were, so the only thing to do is to come back.
      return { kind: 'later', delayMs: this.#rules.degradedRetryMs, isRetry: false }
    }
  }

  async #claim(abandoned: string | undefined): Promise<Claim> {
    const { driver, folder, events } = this.#tools
    const claim = await driver.change(this.#identity, FOLD_BATCH_TURNS, (held) =>
      claimFold(held, folder, this.#rules.recentTurns, abandoned),
    )
    if (claim.kind === 'claimed') events.healthChanged(this.#identity, claim.steps)
    return claim
  }

  async #fold(claim: Claimed): Promise<Next> {
    const { driver, summarizer, folder } = this.#tools
    const request = {
      previousSummary: claim.previousSummary,
      turns: claim.turns.map(readTurn),
    }
    const outcome = await summarizeInTime(
      summarizer,
      this.#identity,
      request,
      this.#rules.summarizerTimeoutMs,
      this.#abort.signal,
    )
    if (outcome.kind === 'aborted') {
      await driver.change(this.#identity, 0, (held) => releaseFold(held, folder))
      return { kind: 'rest' }
    }
    const end = await driver.change(this.#identity, 0, (held) =>
      outcome.kind === 'summarized'
        ? commitFold(held, folder, claim, outcome.summary)
        : failFold(held, folder, claim, this.#rules.retryAttempts, outcome.reason),
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

  #clearTimer(): void {
    clearTimeout(this.#waiting?.timer)
    this.#waiting = undefined
  }
}
