import type { RunIdentity } from '@harborage/core'
import { MemoryStore, type Conversation, type LlmContextPatch } from '@harborage/memory'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'

class LateStore extends MemoryStore {
  override async addTurn(...args: Parameters<MemoryStore['addTurn']>): Promise<void> {
    await turns(1)
    return super.addTurn(...args)
  }
}

class CachingStore extends MemoryStore {
  readonly #cache = new Map<string, LlmContextPatch>()

  override async getLlmContext(
    ...args: Parameters<MemoryStore['getLlmContext']>
  ): Promise<LlmContextPatch> {
    const key = JSON.stringify(args[0])
    const context = this.#cache.get(key) ?? (await super.getLlmContext(...args))
    this.#cache.set(key, context)
    return context
  }
}

/** Replaces lone surrogates, like a database. */
class ReplacingDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    const turns = held.turns.map((turn) => ({
      ...turn,
      text: turn.text.replaceAll('\\ud800', '\\ufffd'),
    }))
    return { ...held, turns }
  }
}

class TidyStore extends MemoryStore {
  override async addTurn(...[identity, turn, options]: Parameters<MemoryStore['addTurn']>) {
    const { userMessage, assistantResponse } = turn
    return super.addTurn(identity, { userMessage, assistantResponse }, options)
  }
}

export const turnFaults: readonly BrokenStore[] = [
  brokenStore('captures a turn too late', LateStore),
  brokenStore('returns its own objects', CachingStore),
  brokenStore('stores only the two texts of a turn', TidyStore),
  brokenDriver('replaces lone surrogates', ReplacingDriver),
]
