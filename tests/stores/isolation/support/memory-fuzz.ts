import {
  createEventBus,
  parseEventId,
  type Database,
  type EventId,
  type SubtreeLevel,
} from '@harborage/core'
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

import type { FuzzedCall, FuzzedStore } from './fuzzed-store.ts'
import {
  chooseOwner,
  chooseSubtree,
  distinctOwners,
  hasParts,
  partsOf,
  type Parts,
} from './owners.ts'

const RECENT_TURNS = 2
const SEPARATOR = ';'
const maintenance = { maintenanceScoped: true } as const

const RETRIES = 3

const concatenating: Summarizer = {
  async summarize(_identity, { previousSummary, turns }) {
    const texts = turns.map(({ userMessage }) => userMessage + SEPARATOR)
    return { summary: previousSummary + texts.join('') }
  },
}

type Strategy = 'truncation' | 'rolling_summary'
type Stores = Readonly<Record<Strategy, MemoryStore>>

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

interface Turn {
  readonly turnId: EventId
  readonly userMessage: string
  readonly assistantResponse: string
}

/** A conversation as it has to be once everything has settled. */
interface Conversation {
  readonly owner: Parts
  readonly strategy: Strategy
  /** Every turn that was added, kept or not. */
  readonly said: readonly Turn[]
  readonly forgotten: readonly Turn[]
  readonly folded: readonly Turn[]
  readonly kept: readonly Turn[]
}

/** The collection of all passages. */
const COLLECTION = 'messages'

/** A passage that has to be found. */
interface Passage {
  readonly owner: Parts
  readonly text: string
  readonly at: number
}

/** Calls memory stores for owners with similar names, beside a list of all conversations. */
class FuzzedMemory implements FuzzedStore {
  readonly #stores: Stores
  #held: readonly Conversation[] = []
  #passages: readonly Passage[] = []
  #said = 0

  constructor(stores: Stores) {
    this.#stores = stores
  }

  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [12, (of) => this.#add(of, 1 + of.below(3))],
      [4, (of) => this.#retry(of)],
      [4, (of) => this.#read(of)],
      [4, (of) => this.#health(of)],
      [4, (of) => this.#forget(of)],
      [1, (of) => this.#reset(of)],
      [1, (of) => this.#delete(of)],
      [2, (of) => this.#deleteAll(of)],
      [3, (of) => this.#directory(of)],
      [4, (of) => this.#replace(of)],
      [4, (of) => this.#search(of)],
    ])(choice)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of Object.values(this.#stores)) await store.close()
  }

  #add(choice: Choice, count: number): FuzzedCall {
    const owner = chooseRun(choice)
    const turns = Array.from({ length: count }, () => this.#nextTurn(owner))
    // The id of a turn of another conversation is as good as a new one.
    const other = choice.maybe(this.#held.filter((each) => !hasParts(each.owner, owner)))
    const used = choice.maybe(other?.said ?? [])
    const own = this.#at(owner)
    if (used !== undefined && own?.said.every(({ turnId }) => turnId !== used.turnId) === true) {
      turns.push({ ...this.#nextTurn(owner), turnId: used.turnId })
    }
    return this.#say('addTurn', choice, owner, turns)
  }

  #retry(choice: Choice): FuzzedCall {
    const found = choice.maybe(this.#held)
    if (found === undefined) return this.#read(choice)
    const turns = Array.from({ length: RETRIES }, () => choice.maybe(found.said))
    const known = turns.filter((turn) => turn !== undefined)
    return this.#say('a repeated addTurn', choice, found.owner, known)
  }

  /** Adds turns and reads the conversation. */
  #say(name: string, choice: Choice, owner: Parts, turns: readonly Turn[]): FuzzedCall {
    const { strategy, isOwn } = this.#strategyFor(choice, owner)
    if (isOwn) for (const turn of turns) this.#put(withTurn(this.#at(owner), owner, strategy, turn))
    return {
      name,
      call: async () => {
        for (const turn of turns) await this.#stores[strategy].addTurn(owner, turn)
        return this.#shown(owner, strategy)
      },
      expected: this.#expected(owner, strategy),
    }
  }

  #read(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy } = this.#strategyFor(choice, owner)
    return {
      name: 'getLlmContext',
      call: () => this.#shown(owner, strategy),
      expected: this.#expected(owner, strategy),
    }
  }

  #health(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy, isOwn } = this.#strategyFor(choice, owner)
    return {
      name: 'health',
      call: () => this.#stores[strategy].health(owner),
      expected: isOwn ? 'healthy' : MISMATCH,
    }
  }

  #forget(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy, isOwn } = this.#strategyFor(choice, owner)
    const found = this.#at(owner)
    const from = choice.below(4) === 0 ? choice.maybe(this.#held) : found
    // Mostly one that is not folded.
    const turn = choice.maybe((choice.below(2) === 0 ? from?.kept : from?.said) ?? [])
    const turnId = turn?.turnId ?? parseEventId('none')
    const kept = found?.kept.find((each) => each.turnId === turnId)
    const isFolded = found?.folded.some((each) => each.turnId === turnId) === true
    if (isOwn && found !== undefined && kept !== undefined) {
      this.#put({
        ...found,
        kept: found.kept.filter((each) => each !== kept),
        forgotten: [...found.forgotten, kept],
      })
    }
    const outcome = kept === undefined ? (isFolded ? 'summarized' : 'absent') : 'removed'
    return {
      name: 'forget',
      call: () => this.#stores[strategy].forget(owner, turnId),
      expected: isOwn ? outcome : MISMATCH,
    }
  }

  #reset(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy } = this.#strategyFor(choice, owner)
    this.#remove((each) => hasParts(each, owner))
    return {
      name: 'restore of nothing',
      call: () => this.#stores[strategy].restore(owner, { bytes: new Uint8Array() }),
      expected: undefined,
    }
  }

  #delete(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy } = this.#strategyFor(choice, owner)
    const isThere = this.#remove((each) => hasParts(each, owner)) > 0
    return {
      name: 'delete',
      call: () => this.#stores[strategy].delete(owner),
      expected: isThere,
    }
  }

  #deleteAll(choice: Choice): FuzzedCall {
    // Mostly narrow ones, so that something is left.
    const levels = ['run', 'run', 'run', 'session', 'session', 'user', 'tenant'] as const
    const { subtree, holds } = chooseSubtree<SubtreeLevel>(choice, choice.of(levels))
    const { truncation } = this.#stores
    const deleted = this.#remove(holds)
    this.#passages = this.#passages.filter(({ owner }) => !holds(owner))
    return {
      name: `deleteAll of a ${subtree.level}`,
      call: () => truncation.deleteAll(subtree),
      expected: { deleted, remaining: 0 },
    }
  }

  #directory(choice: Choice): FuzzedCall {
    const level = choice.of(['tenant', 'user', 'session', 'run'] as const)
    const { holds, walk } = this.#walkOf(choice, level)
    const owners = [...this.#held, ...this.#passages].map(({ owner }) => owner).filter(holds)
    return {
      name: `the directory of each ${level}`,
      call: async () => (await collect(walk())).map(partsOf),
      expected: distinctOwners(owners, level),
    }
  }

  #replace(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { passages } = this.#stores.truncation
    const added = Array.from({ length: choice.below(4) }, () => {
      this.#said += 1
      return { owner, text: `word of ${this.#said}`, at: this.#said }
    })
    const kept = this.#passages.filter((each) => hasParts(each.owner, owner))
    const next = [...kept.slice(0, choice.below(3)), ...added]
    this.#passages = [...this.#passages.filter((each) => !hasParts(each.owner, owner)), ...next]
    return {
      name: 'a replacement of passages',
      call: () =>
        passages.replace(
          owner,
          COLLECTION,
          next.map(({ text, at }) => {
            return { text, bytes: Buffer.from(text), createdAt: new Date(at) }
          }),
        ),
      expected: undefined,
    }
  }

  #search(choice: Choice): FuzzedCall {
    const level = choice.of(['run', 'session', 'user'] as const)
    const { subtree, holds } = chooseSubtree<'run' | 'session' | 'user'>(choice, level)
    const { passages } = this.#stores.truncation
    const found = this.#passages.filter(({ owner }) => holds(owner))
    return {
      name: `a search of a ${level}`,
      call: async () => {
        const all = await passages.search(subtree, COLLECTION, 'word', { limit: 100 })
        return all.map(({ bytes }) => Buffer.from(bytes).toString())
      },
      expected: found
        .toSorted((left, right) => right.at - left.at)
        .slice(0, 100)
        .map(({ text }) => text),
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

  /** Chooses mostly the strategy under which a conversation is kept. */
  #strategyFor(choice: Choice, owner: Parts): { strategy: Strategy; isOwn: boolean } {
    const chosen = choice.of(['truncation', 'rolling_summary'] as const)
    const kept = this.#at(owner)?.strategy
    const strategy = choice.below(8) === 0 ? chosen : (kept ?? chosen)
    return { strategy, isOwn: kept === undefined || kept === strategy }
  }

  /** Resolves to what is compared of a conversation, once nothing is folded. */
  async #shown(owner: Parts, strategy: Strategy) {
    await this.#stores.rolling_summary.settled()
    const { summary, recentTurns } = await this.#stores[strategy].getLlmContext(owner)
    return { summary, texts: recentTurns.map(({ userMessage }) => userMessage) }
  }

  /** Returns what {@link #shown} has to resolve to. */
  #expected(owner: Parts, asked: Strategy) {
    const found = this.#at(owner)
    if (found === undefined) return { summary: '', texts: [] }
    if (found.strategy !== asked) return MISMATCH
    return {
      summary: found.folded.map(({ userMessage }) => userMessage + SEPARATOR).join(''),
      texts: found.kept.map(({ userMessage }) => userMessage),
    }
  }

  #nextTurn(owner: Parts): Turn {
    this.#said += 1
    const userMessage = `${this.#said} of ${Object.values(owner).join('/')}`
    return { turnId: parseEventId(`turn ${this.#said}`), userMessage, assistantResponse: '' }
  }

  #at(owner: Parts): Conversation | undefined {
    return this.#held.find((each) => hasParts(each.owner, owner))
  }

  #put(next: Conversation): void {
    this.#remove((each) => hasParts(each, next.owner))
    this.#held = [...this.#held, next]
  }

  #remove(isRemoved: (owner: Parts) => boolean): number {
    const before = this.#held.length
    this.#held = this.#held.filter(({ owner }) => !isRemoved(owner))
    return before - this.#held.length
  }
}

const MISMATCH = 'strategy_mismatch'

/** Chooses a session or a run, as only they have conversations. */
function chooseRun(choice: Choice): Parts {
  const owner = chooseOwner(choice)
  return owner.sessionId === '' ? chooseRun(choice) : owner
}

/** Returns a conversation after a turn was added. */
function withTurn(
  found: Conversation | undefined,
  owner: Parts,
  strategy: Strategy,
  turn: Turn,
): Conversation {
  const before = found ?? { owner, strategy, said: [], forgotten: [], folded: [], kept: [] }
  if (before.said.some(({ turnId }) => turnId === turn.turnId)) return before
  const kept = [...before.kept, turn]
  const count = strategy === 'truncation' ? 0 : Math.max(kept.length - RECENT_TURNS, 0)
  return {
    ...before,
    said: [...before.said, turn],
    folded: [...before.folded, ...kept.slice(0, count)],
    kept: kept.slice(count),
  }
}
