import { AsyncLocalStorage } from 'node:async_hooks'
// Not the global ones: under the fake timers of a caller's test, nothing would ever be folded.
import { setImmediate } from 'node:timers'
import type { RunIdentity } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import type { MemoryHeader } from '../memory-driver.ts'
import { conversationKey } from './conversation-key.ts'
import { FoldWorker, type FoldRules, type FoldTools, type Next } from './fold-worker.ts'

/** How the conversations of one store are folded. */
export interface SchedulerRules extends FoldRules {
  /** How many are folded at a time. */
  readonly maxConcurrentSummaries: number
}

/** A conversation that was touched and has something left to do. */
interface Job {
  readonly key: string
  readonly worker: FoldWorker
  /** A retry keeps its pause, and is worth staying alive for; a return is neither. */
  state: 'queued' | 'running' | 'retrying' | 'returning' | 'resting'
  /** Whether it was touched since its attempt began. */
  isTouched: boolean
  timer: NodeJS.Timeout | undefined
  /** Called once it is neither queued nor running nor about to be retried. */
  readonly watchers: (() => void)[]
}

/** The longest pause that a timer can make; a longer one would end at once. */
const MAX_PAUSE_MS = 2 ** 31 - 1

/** How many attempts begin in one turn of the event loop, however soon those before have ended. */
const MAX_STARTS_IN_TURN = 16

/**
 * Folds the conversations of one store in the background: so many at a time, each by one attempt, after which it goes to
 * the end of the queue if there is more to do.
 */
export class FoldScheduler {
  readonly #rules: SchedulerRules
  readonly #tools: FoldTools
  readonly #jobs = new Map<string, Job>()
  readonly #queue = new Set<Job>()
  readonly #running = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  /** What goes on in the background belongs to the store, and not to the caller that happened to touch a conversation. */
  readonly #inOwnContext = AsyncLocalStorage.snapshot()
  /** How many jobs are not settled. */
  #unsettled = 0
  #watchers: (() => void)[] = []
  #startedInTurn = 0
  #isStopped = false

  constructor(rules: SchedulerRules, tools: FoldTools) {
    this.#rules = rules
    this.#tools = tools
  }

  /** @param header The bookkeeping, if it was just seen: it may tell that there is nothing to do. */
  touch(identity: Required<RunIdentity>, header?: MemoryHeader): void {
    if (this.#isStopped) return
    if (header !== undefined && header.turns <= this.#rules.recentTurns) return
    const key = conversationKey(identity)
    const job = this.#jobs.get(key) ?? this.#create(key, identity)
    job.isTouched = true
    if (isWorthWaiting(job, header?.folder)) return
    this.#enqueue(job)
  }

  /**
   * Folds what can be folded now.
   *
   * @param header The bookkeeping, which was just seen.
   * @throws What the driver failed with, if that kept it from being done.
   */
  async flush(identity: Required<RunIdentity>, header: MemoryHeader): Promise<void> {
    this.touch(identity, header)
    await this.settled(identity)
    if (header.turns <= this.#rules.recentTurns) return
    const failure = this.#jobs.get(conversationKey(identity))?.worker.failure
    if (failure !== undefined) throw failure
  }

  /** Resolves once nothing is queued, running or about to be retried, for one conversation or for all. */
  async settled(identity: Required<RunIdentity> | undefined): Promise<void> {
    if (identity === undefined && this.#unsettled === 0) return
    const job = identity && this.#jobs.get(conversationKey(identity))
    if (identity !== undefined && (job === undefined || isSettled(job))) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const watchers = job?.watchers ?? this.#watchers
    watchers.push(resolve)
    await promise
  }

  /** Lets what is running end, but not longer than the grace period; then aborts it. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true
    for (const job of this.#jobs.values()) {
      if (job.state !== 'running') this.#move(job, 'resting')
    }
    const ended = Promise.all(this.#running)
    if (this.#running.size > 0) await settlesWithin(graceMs, ended)
    this.#closing.abort()
    await ended
  }

  #create(key: string, identity: Required<RunIdentity>): Job {
    const worker = new FoldWorker(identity, this.#rules, this.#tools)
    const job: Job = {
      key,
      worker,
      state: 'resting',
      isTouched: false,
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

  /** Starts what there is room for, in the order of the queue. */
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
    this.#goOn(job, await job.worker.attempt(this.#closing.signal))
  }

  #goOn(job: Job, next: Next): void {
    if (this.#isStopped) this.#move(job, 'resting')
    else if (next.kind === 'now' || (next.kind === 'rest' && job.isTouched)) this.#enqueue(job)
    else if (next.kind === 'rest') this.#move(job, 'resting')
    else this.#pause(job, next.kind === 'retry', next.delayMs)
  }

  #pause(job: Job, isRetry: boolean, delayMs: number): void {
    this.#move(job, isRetry ? 'retrying' : 'returning')
    job.timer = setTimeout(() => this.#enqueue(job), Math.min(delayMs, MAX_PAUSE_MS))
    if (!isRetry) job.timer.unref()
  }

  #move(job: Job, state: Job['state']): void {
    clearTimeout(job.timer)
    this.#queue.delete(job)
    const wasSettled = isSettled(job)
    job.state = state
    if (state === 'resting') this.#jobs.delete(job.key)
    if (wasSettled === isSettled(job)) return
    this.#unsettled += wasSettled ? 1 : -1
    if (wasSettled) return
    notify(job.watchers.splice(0))
    if (this.#unsettled === 0) notify(this.#watchers.splice(0))
  }
}

function isSettled({ state }: Job): boolean {
  return state === 'resting' || state === 'returning'
}

/** A retry keeps its pause, and a claim that is known already its time; anything else is tried at once. */
function isWorthWaiting({ state, worker }: Job, folder: string | undefined): boolean {
  return state === 'returning' ? worker.isWaitingFor(folder) : state !== 'resting'
}

function notify(watchers: readonly (() => void)[]): void {
  for (const watcher of watchers) watcher()
}
