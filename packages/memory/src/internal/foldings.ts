import { AsyncLocalStorage } from 'node:async_hooks'
import type { RunIdentity } from '@harborage/core'
import type { MemoryHeader } from '../memory-driver.ts'
import { conversationKey } from './conversation-key.ts'
import { Folding, type FoldingRules, type FoldingTools } from './folding.ts'

/** The foldings of one store, one per conversation that was touched and has something left to do. */
export class Foldings {
  readonly #rules: FoldingRules
  readonly #tools: FoldingTools
  readonly #byIdentity = new Map<string, Folding>()
  readonly #watchers = new Set<() => void>()
  /** What goes on in the background belongs to the store, and not to whoever happened to touch a conversation. */
  readonly #inOwnContext = AsyncLocalStorage.snapshot()
  #stopped = false

  constructor(rules: FoldingRules, tools: FoldingTools) {
    this.#rules = rules
    this.#tools = tools
  }

  /** @param header The bookkeeping, if it was just seen: it may tell that there is nothing to do. */
  touch(identity: Required<RunIdentity>, header?: MemoryHeader): void {
    if (this.#stopped) return
    if (header !== undefined && header.turns <= this.#rules.recentTurns) return
    const key = conversationKey(identity)
    const known = this.#byIdentity.get(key)
    const folding = known ?? this.#create(key, identity)
    this.#inOwnContext(() => folding.touch(header?.folder))
  }

  /**
   * Folds what can be folded now.
   *
   * @throws What the driver failed with, if that kept it from being done.
   */
  async flush(identity: Required<RunIdentity>): Promise<void> {
    this.touch(identity)
    await this.settled(identity)
    const failure = this.#byIdentity.get(conversationKey(identity))?.failure
    if (failure !== undefined) throw failure
  }

  /** Resolves once nothing is running or about to be retried, for one conversation or for all. */
  async settled(identity: Required<RunIdentity> | undefined): Promise<void> {
    const isSettled = (): boolean =>
      identity === undefined
        ? [...this.#byIdentity.values()].every((folding) => folding.isSettled)
        : (this.#byIdentity.get(conversationKey(identity))?.isSettled ?? true)
    while (!isSettled()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#watchers.add(resolve)
      await promise
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    await Promise.all([...this.#byIdentity.values()].map((folding) => folding.stop(graceMs)))
    this.#notify()
  }

  #create(key: string, identity: Required<RunIdentity>): Folding {
    const folding = new Folding(identity, this.#rules, this.#tools, () => {
      if (folding.isIdle) this.#byIdentity.delete(key)
      this.#notify()
    })
    this.#byIdentity.set(key, folding)
    return folding
  }

  #notify(): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const watcher of watchers) watcher()
  }
}
