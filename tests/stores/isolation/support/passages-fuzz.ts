import type { SubtreeLevel } from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import type { Choice } from '@harborage/test-kit/choice'

import type { FuzzedCall } from './fuzzed-store.ts'
import { chooseRun, chooseSubtree, hasParts, type Parts } from './owners.ts'

/** The collection of all passages. */
const COLLECTION = 'messages'

/** A passage that has to be found. */
interface Passage {
  readonly owner: Parts
  readonly text: string
  readonly at: number
}

/** A collection that has to be there. */
interface Collection {
  readonly owner: Parts
  /** The date of its newest passage. */
  readonly newest: number
}

/** Makes up calls about passages, beside a list of all of them. */
export class FuzzedPassages {
  readonly #store: MemoryStore
  #passages: readonly Passage[] = []
  #said = 0

  constructor(store: MemoryStore) {
    this.#store = store
  }

  /** The owners of all passages. */
  get owners(): readonly Parts[] {
    return this.#passages.map(({ owner }) => owner)
  }

  /** Returns a call about a collection, or about those of a subtree. */
  nextCall(choice: Choice): FuzzedCall {
    return choice.byWeight<(choice: Choice) => FuzzedCall>([
      [4, (of) => this.#replace(of)],
      [4, (of) => this.#search(of)],
      [2, (of) => this.#prune(of)],
    ])(choice)
  }

  /** Forgets passages that a call deletes. */
  remove(isRemoved: (owner: Parts) => boolean): void {
    this.#passages = this.#passages.filter(({ owner }) => !isRemoved(owner))
  }

  #replace(choice: Choice): FuzzedCall {
    const owner = chooseRun(choice)
    const { passages } = this.#store
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
    const { passages } = this.#store
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

  #prune(choice: Choice): FuzzedCall {
    const levels = ['run', 'run', 'session', 'session', 'user', 'tenant'] as const
    const { subtree, holds } = chooseSubtree<SubtreeLevel>(choice, choice.of(levels))
    const keepLatest = 1 + choice.below(4)
    const olderThan = new Date(choice.below(this.#said + 2))
    const examined = this.#collections().filter(({ owner }) => holds(owner))
    const pruned = examined.filter(
      (each) => each.newest < olderThan.getTime() && !this.#isAmongNewest(each, keepLatest),
    )
    this.remove((owner) => pruned.some((each) => hasParts(each.owner, owner)))
    return {
      name: `prune of the passages of a ${subtree.level}`,
      call: () => this.#store.passages.prune(subtree, { olderThan, keepLatest }),
      expected: { examined: examined.length, pruned: pruned.length },
    }
  }

  #collections(): readonly Collection[] {
    const ofOwners = Map.groupBy(this.#passages, ({ owner }) => JSON.stringify(owner))
    return [...ofOwners.values()].flatMap((passages) => {
      const [first] = passages
      return first === undefined
        ? []
        : [{ owner: first.owner, newest: Math.max(...passages.map(({ at }) => at)) }]
    })
  }

  /** Returns whether a collection is among the newest of its user. */
  #isAmongNewest({ owner, newest }: Collection, count: number): boolean {
    const newer = this.#collections().filter(
      (each) =>
        each.owner.tenantId === owner.tenantId &&
        each.owner.userId === owner.userId &&
        each.newest > newest,
    )
    return newer.length < count
  }
}
