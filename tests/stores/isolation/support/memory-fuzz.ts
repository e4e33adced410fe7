import { createEventBus, type Database, type SubtreeLevel } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  openMemoryStore,
  parseMemoryRules,
  type MemoryRules,
  type Summarizer,
} from '@harborage/memory'
import type { Choice } from '@harborage/test-kit/choice'
import { collect } from '@harborage/test-kit/collect'

import {
  FuzzedConversations,
  RECENT_TURNS,
  SEPARATOR,
  type Stores,
  type Strategy,
} from './conversations-fuzz.ts'
import type { FuzzedCall, FuzzedStore } from './fuzzed-store.ts'
import { chooseSubtree, distinctOwners, partsOf } from './owners.ts'
import { FuzzedPassages } from './passages-fuzz.ts'

const maintenance = { maintenanceScoped: true } as const

const concatenating: Summarizer = {
  async summarize(_identity, { previousSummary, turns }) {
    const texts = turns.map(({ userMessage }) => userMessage + SEPARATOR)
    return { summary: previousSummary + texts.join('') }
  },
}

const bus = createEventBus()
const rules: Readonly<Record<Strategy, MemoryRules>> = {
  truncation: { strategy: 'truncation', bus },
  rolling_summary: {
    strategy: 'rolling_summary',
    recentTurns: RECENT_TURNS,
    summarizer: concatenating,
    bus,
  },
}

/** Opens a memory store for each strategy, with what fuzzes them. */
export async function openFuzzedMemory(database?: Database): Promise<FuzzedStore> {
  const driver = new InMemoryMemoryDriver()
  const open = async (strategy: Strategy): Promise<MemoryStore> =>
    database === undefined
      ? new MemoryStore(driver, { rules: parseMemoryRules(rules[strategy]) })
      : openMemoryStore({ database, ...rules[strategy] })
  return new FuzzedMemory({
    truncation: await open('truncation'),
    rolling_summary: await open('rolling_summary'),
  })
}

/** Calls memory stores for owners with similar names, beside lists of all that they keep. */
class FuzzedMemory implements FuzzedStore {
  readonly #stores: Stores
  readonly #conversations: FuzzedConversations
  readonly #passages: FuzzedPassages

  constructor(stores: Stores) {
    this.#stores = stores
    this.#conversations = new FuzzedConversations(stores)
    this.#passages = new FuzzedPassages(stores.truncation)
  }

  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [32, (of) => this.#conversations.nextCall(of)],
      [10, (of) => this.#passages.nextCall(of)],
      [2, (of) => this.#deleteAll(of)],
      [3, (of) => this.#directory(of)],
    ])(choice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of Object.values(this.#stores)) await store.close()
  }

  #deleteAll(choice: Choice): FuzzedCall {
    // Mostly narrow ones, so that something is left.
    const levels = ['run', 'run', 'run', 'session', 'session', 'user', 'tenant'] as const
    const { subtree, holds } = chooseSubtree<SubtreeLevel>(choice, choice.of(levels))
    const { truncation } = this.#stores
    const deleted = this.#conversations.remove(holds)
    this.#passages.remove(holds)
    return {
      name: `deleteAll of a ${subtree.level}`,
      call: () => truncation.deleteAll(subtree),
      expected: { deleted, remaining: 0 },
    }
  }

  #directory(choice: Choice): FuzzedCall {
    const level = choice.of(['tenant', 'user', 'session', 'run'] as const)
    const { holds, walk } = this.#walkOf(choice, level)
    const owners = [...this.#conversations.owners, ...this.#passages.owners].filter(holds)
    return {
      name: `the directory of each ${level}`,
      call: async () => (await collect(walk())).map(partsOf),
      expected: distinctOwners(owners, level),
    }
  }

  #walkOf(choice: Choice, level: SubtreeLevel) {
    const { truncation: store } = this.#stores
    const options = { pageSize: 1 + choice.below(4) }
    if (level === 'tenant') {
      return { holds: () => true, walk: () => store.tenants(maintenance, options) }
    }
    if (level === 'user') {
      const { subtree, holds } = chooseSubtree(choice, 'tenant')
      return { holds, walk: () => store.users(subtree, options) }
    }
    if (level === 'session') {
      const { subtree, holds } = chooseSubtree(choice, choice.of(['user', 'tenant'] as const))
      return { holds, walk: () => store.sessions(subtree, options) }
    }
    const { subtree, holds } = chooseSubtree(choice, 'session')
    const { tenantId, userId, sessionId } = subtree
    return { holds, walk: () => store.runs({ tenantId, userId, sessionId }, options) }
  }
}
