import { parseEventId, type EventId, type SubtreeLevel } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import type { Choice } from '@harborage/test-kit/choice'

import type { FuzzedCall } from './fuzzed-store.ts'
import { chooseRun, chooseSubtree, hasParts, type Parts } from './owners.ts'

/** How many turns are kept beside a rolling summary. */
export const RECENT_TURNS = 2

/** What is between the messages of a summary. */
export const SEPARATOR = ';'

const RETRIES = 3

/** After every change. */
const FUTURE = new Date(8.64e15)

/** The strategies of the stores. */
export type Strategy = 'truncation' | 'rolling_summary'

/** A memory store for each strategy. */
export type Stores = Readonly<Record<Strategy, MemoryStore>>

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

/** Makes up calls about conversations, beside a list of all of them. */
export class FuzzedConversations {
  readonly #stores: Stores
  #held: readonly Conversation[] = []
  #said = 0

  constructor(stores: Stores) {
    this.#stores = stores
  }

  /** The owners of all conversations. */
  get owners(): readonly Parts[] {
    return this.#held.map(({ owner }) => owner)
  }

  /** Returns a call about one conversation, or about those of a subtree. */
  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [12, (of) => this.#add(of, 1 + of.below(3))],
      [4, (of) => this.#retry(of)],
      [4, (of) => this.#read(of)],
      [4, (of) => this.#health(of)],
      [4, (of) => this.#forget(of)],
      [1, (of) => this.#reset(of)],
      [1, (of) => this.#delete(of)],
      [2, (of) => this.#prune(of)],
    ])(choice)
  }

  /** Forgets conversations that a call deletes, and returns their number. */
  remove(isRemoved: (owner: Parts) => boolean): number {
    const before = this.#held.length
    this.#held = this.#held.filter(({ owner }) => !isRemoved(owner))
    return before - this.#held.length
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
    this.remove((each) => hasParts(each, owner))
    return {
      name: 'restore of nothing',
      call: () => this.#stores[strategy].restore(owner, { bytes: new Uint8Array() }),
      expected: undefined,
    }
  }

  #delete(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { strategy } = this.#strategyFor(choice, owner)
    const isThere = this.remove((each) => hasParts(each, owner)) > 0
    return {
      name: 'delete',
      call: () => this.#stores[strategy].delete(owner),
      expected: isThere,
    }
  }

  #prune(choice: Choice): FuzzedCall {
    // Mostly narrow ones, so that something is left.
    const levels = ['run', 'run', 'run', 'session', 'session', 'user', 'tenant'] as const
    const { subtree, holds } = chooseSubtree<SubtreeLevel>(choice, choice.of(levels))
    const dryRun = choice.below(2) === 0
    const count = this.owners.filter(holds).length
    if (!dryRun) this.remove(holds)
    return {
      name: `prune of a ${subtree.level}`,
      call: () => this.#stores.truncation.prune(subtree, { olderThan: FUTURE, dryRun }),
      expected: { examined: count, pruned: count },
    }
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
    this.remove((each) => hasParts(each, next.owner))
    this.#held = [...this.#held, next]
  }
}

const MISMATCH = 'strategy_mismatch'

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
