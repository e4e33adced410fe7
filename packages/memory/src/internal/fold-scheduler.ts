import { AsyncLocalStorage } from 'node:async_hooks'
// Not the global function: with the fake timers of a test, nothing would be folded.
import { setImmediate } from 'node:timers'
import type { RunIdentity } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import type { MemoryHeader } from '../memory-driver.ts'
import { conversationKey } from './conversation-key.ts'
import { FoldWorker, type FoldDependencies, type FoldRules, type NextStep } from './fold-worker.ts'

/** The rules of the folds of all conversations of a store. */
export interface SchedulerRules extends FoldRules {
  /** The largest number of folds that run at a time. */
  readonly maxConcurrentSummaries: number
}

/** The work on a conversation that was touched. */
interface Job {
  readonly key: string
  readonly worker: FoldWorker
  /** `retrying` and `revisiting` wait for a timer; see {@link NextStep}. */
  state: 'queued' | 'running' | 'retrying' | 'revisiting' | 'idle'
  /** Whether the conversation was touched since the last attempt began. */
  isTouched: boolean
  /** Whether the attempt that runs is followed by no pause; see {@link FoldScheduler.endPause}. */
  skipsPause: boolean
  timer: NodeJS.Timeout | undefined
  /** Called once the job is settled. */
  readonly watchers: (() => void)[]
}

/** The longest delay of a timer. A longer one would fire at once. */
const MAX_PAUSE_MS = 2 ** 31 - 1

/** The largest number of attempts that start in one turn of the event loop. */
const MAX_STARTS_IN_TURN = 16

/**
 * Folds the conversations of a store in the background. A limited number of attempts run at a time.
 * After each attempt a conversation with more turns to fold goes to the end of the queue.
 */
export class FoldScheduler {
  readonly #rules: SchedulerRules
  readonly #dependencies: FoldDependencies
  readonly #jobs = new Map<string, Job>()
  readonly #queue = new Set<Job>()
  readonly #running = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  /**
   * Runs background work in the async context of the store, not in that of the caller who touched a
   * conversation.
   */
  readonly #inOwnContext = AsyncLocalStorage.snapshot()
  /** The number of jobs that are not settled. */
  #unsettled = 0
  #watchers: (() => void)[] = []
  #startedInTurn = 0
  #isStopped = false

  constructor(rules: SchedulerRules, dependencies: FoldDependencies) {
    this.#rules = rules
    this.#dependencies = dependencies
  }

  /**
   * Queues a conversation, unless the header shows that there is nothing to fold.
   *
   * @param header The header, if it was just read.
   */
  touch(identity: Required<RunIdentity>, header?: MemoryHeader): void {
    if (this.#isStopped) return
    if (header !== undefined && header.turns <= this.#rules.recentTurns) return
    const key = conversationKey(identity)
    const job = this.#jobs.get(key) ?? this.#create(key, identity)
    job.isTouched = true
    if (keepsWaiting(job, header?.foldClaimId)) return
    this.#enqueue(job)
  }

  /**
   * Folds all that can be folded now.
   *
   * @param header The header, which was just read.
   * @throws The error of the driver, if it prevented that.
   */
  async compact(identity: Required<RunIdentity>, header: MemoryHeader): Promise<void> {
    this.touch(identity, header)
    await this.settled(identity)
    if (header.turns <= this.#rules.recentTurns) return
    const failure = this.#jobs.get(conversationKey(identity))?.worker.failure
    if (failure !== undefined) throw failure
  }

  /**
   * Ends the pause of a conversation that was deleted: what it waits for is gone. The next attempt
   * finds out whether there is another conversation by now.
   */
  endPause(identity: Required<RunIdentity>): void {
    const job = this.#jobs.get(conversationKey(identity))
    if (job === undefined) return
    job.skipsPause = true
    if (job.state === 'retrying' || job.state === 'revisiting') this.#enqueue(job)
  }

  /**
   * Resolves once no attempt is queued, running or about to be retried, of one conversation or of
   * all.
   */
  async settled(identity: Required<RunIdentity> | undefined): Promise<void> {
    if (identity === undefined && this.#unsettled === 0) return
    const job = identity && this.#jobs.get(conversationKey(identity))
    if (identity !== undefined && (job === undefined || isSettled(job))) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const watchers = job?.watchers ?? this.#watchers
    watchers.push(resolve)
    await promise
  }

  /** Waits for running attempts, but no longer than the grace period. Then aborts them. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true
    for (const job of this.#jobs.values()) {
      if (job.state !== 'running') this.#move(job, 'idle')
    }
    const ended = Promise.all(this.#running)
    if (this.#running.size > 0) await settlesWithin(graceMs, ended)
    this.#closing.abort()
    await ended
  }

  #create(key: string, identity: Required<RunIdentity>): Job {
    const worker = new FoldWorker(identity, this.#rules, this.#dependencies)
    const job: Job = {
      key,
      worker,
      state: 'idle',
      isTouched: false,
      skipsPause: false,
      timer: undefined,
      watchers: [],
    }
    this.#jobs.set(key, job)
    return job
  }

  #enqueue(job: Job): void {
    this.#move(job, 'queued')
    this.#queue.add(job)
    this.#pump()
  }

  /** Starts jobs in the order of the queue, up to the limits. */
  #pump(): void {
    for (const job of this.#queue) {
      if (this.#running.size >= this.#rules.maxConcurrentSummaries) return
      if (this.#startedInTurn >= MAX_STARTS_IN_TURN) return
      this.#start(job)
    }
  }

  #start(job: Job): void {
    if (this.#startedInTurn === 0) {
      setImmediate(() => {
        this.#startedInTurn = 0
        this.#pump()
      })
    }
    this.#startedInTurn += 1
    this.#move(job, 'running')
    const running = this.#inOwnContext(() => this.#run(job))
    this.#running.add(running)
    void running.then(() => {
      this.#running.delete(running)
      this.#pump()
    })
  }

  async #run(job: Job): Promise<void> {
    job.isTouched = false
    job.skipsPause = false
    this.#continue(job, await job.worker.attempt(this.#closing.signal))
  }

  #continue(job: Job, next: NextStep): void {
    if (this.#isStopped) this.#move(job, 'idle')
    else if (next.kind === 'now' || job.skipsPause) this.#enqueue(job)
    else if (next.kind === 'idle' && job.isTouched) this.#enqueue(job)
    else if (next.kind === 'idle') this.#move(job, 'idle')
    else this.#pause(job, next.kind === 'retry', next.delayMs)
  }

  #pause(job: Job, isRetry: boolean, delayMs: number): void {
    this.#move(job, isRetry ? 'retrying' : 'revisiting')
    job.timer = setTimeout(() => this.#enqueue(job), Math.min(delayMs, MAX_PAUSE_MS))
    if (!isRetry) job.timer.unref()
  }

  #move(job: Job, state: Job['state']): void {
    clearTimeout(job.timer)
    this.#queue.delete(job)
    const wasSettled = isSettled(job)
    job.state = state
    if (state === 'idle') this.#jobs.delete(job.key)
    if (wasSettled === isSettled(job)) return
    this.#unsettled += wasSettled ? 1 : -1
    if (wasSettled) return
    notify(job.watchers.splice(0))
    if (this.#unsettled === 0) notify(this.#watchers.splice(0))
  }
}

function isSettled({ state }: Job): boolean {
  return state === 'idle' || state === 'revisiting'
}

/**
 * Returns whether a touch leaves a job as it is: it is queued, running or about to be retried, or
 * waits for this very claim to expire.
 */
function keepsWaiting({ state, worker }: Job, claimId: string | undefined): boolean {
  return state === 'revisiting' ? worker.isWaitingFor(claimId) : state !== 'idle'
}

function notify(watchers: readonly (() => void)[]): void {
  for (const watcher of watchers) watcher()
}
