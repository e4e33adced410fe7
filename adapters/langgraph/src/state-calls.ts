import { HarborageError } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import type { Subject } from './check-options.ts'
import type { StateSource } from './state-source.ts'

/** Runs the work of one call on a state store. */
type Use = <Result>(work: (state: StateStore) => Promise<Result>) => Promise<Result>

/**
 * The calls that a saver or a store makes on its state store. Its end waits for those that have
 * begun.
 */
export class StateCalls {
  readonly #subject: Subject
  readonly #use: Use
  /** Closes the state store, or is `undefined` if that stays open. */
  readonly #close: (() => Promise<void>) | undefined
  readonly #running = new Set<Promise<void>>()
  #ending: Promise<void> | undefined

  private constructor(subject: Subject, use: Use, close?: () => Promise<void>) {
    this.#subject = subject
    this.#use = use
    this.#close = close
  }

  /** Returns the calls on a state store, which stays open, or on what opens one. */
  static on(subject: Subject, state: StateStore | StateSource): StateCalls {
    if (!('open' in state)) return new StateCalls(subject, (work) => work(state))
    const use: Use = async (work) => work(await state.open())
    return new StateCalls(subject, use, () => state.close())
  }

  /** Returns the calls of what is derived from this one. They are calls of this one, too. */
  derived(): StateCalls {
    return new StateCalls(this.#subject, (work) => this.run(work))
  }

  /**
   * Runs a call, which has begun once this method was called.
   *
   * @throws `store_closed` if the state store was closed by {@link end} before.
   */
  async run<Result>(work: (state: StateStore) => Promise<Result>): Promise<Result> {
    if (this.#ending !== undefined && this.#close !== undefined) throw this.#ended()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running.add(promise)
    try {
      return await this.#use(work)
    } finally {
      this.#running.delete(promise)
      resolve()
    }
  }

  /** Yields what a walk yields. Each of its steps is a call. */
  async *walk<Item>(begin: (state: StateStore) => AsyncGenerator<Item>): AsyncGenerator<Item> {
    const walk = await this.run(async (state) => begin(state))
    try {
      for (;;) {
        const step = await this.run(() => walk.next())
        if (step.done === true) return
        yield step.value
      }
    } finally {
      await walk.return(undefined)
    }
  }

  /**
   * Resolves once the calls that have begun are done, and closes what was opened for them. What was
   * passed, or is another's, stays open.
   */
  async end(): Promise<void> {
    if (this.#close === undefined) await Promise.all(this.#running)
    else await (this.#ending ??= this.#finish(this.#close))
  }

  async #finish(close: () => Promise<void>): Promise<void> {
    await Promise.all(this.#running)
    await close()
  }

  #ended(): HarborageError {
    return new HarborageError(
      'store_closed',
      `end() of this ${this.#subject} was called before this call: make a new one`,
    )
  }
}
