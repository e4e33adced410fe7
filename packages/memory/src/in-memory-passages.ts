import type { RunIdentity, Subtree } from '@harborage/core'
import { directoryOf, isWithin, type DirectoryPage, type LoadOutcome } from '@harborage/core/kit'
import { conversationKey } from './internal/conversation-key.ts'
import { compareCollections, copyOfPassages, isSamePassages } from './internal/dumped-passages.ts'
import { rankPassages, type Candidate } from './internal/rank-passages.ts'
import type { PassageDriver, PassagePlace, PassageSearch } from './passage-driver.ts'
import type { DumpedPassage, DumpedPassages, FoundPassage } from './passage.ts'

/** A passage, and the one of a collection that it is. */
interface KeptCandidate extends Candidate {
  readonly passage: DumpedPassage
}

/** Keeps passages in the memory of one process. */
export class InMemoryPassages implements PassageDriver {
  readonly #kept = new Map<string, DumpedPassages>()

  async replace(replacement: DumpedPassages): Promise<void> {
    const key = keyOf(replacement)
    if (replacement.passages.length === 0) this.#kept.delete(key)
    else this.#kept.set(key, replacement)
  }

  async search({
    subtree,
    collection,
    words,
    limit,
  }: PassageSearch): Promise<readonly FoundPassage[]> {
    const candidates = this.#within(subtree)
      .filter((kept) => kept.collection === collection)
      .flatMap(candidatesOf)
      .filter((candidate) => words.some((word) => candidate.words.has(word)))
    return rankPassages(candidates, words, limit).map(({ candidate, words: common }) => {
      const { identity, index, passage } = candidate
      return {
        ...{ identity, index, words: common },
        bytes: passage.bytes.slice(),
        createdAt: new Date(passage.createdAt),
      }
    })
  }

  async deleteAll(subtree: Subtree): Promise<void> {
    for (const [key, { identity }] of this.#kept) {
      if (isWithin(identity, subtree)) this.#kept.delete(key)
    }
  }

  async countAll(subtree: Subtree): Promise<number> {
    return this.#within(subtree).reduce((sum, { passages }) => sum + passages.length, 0)
  }

  async directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return directoryOf(
      [...this.#kept.values()].map(({ identity }) => identity),
      page,
    )
  }

  async collectionsPage(
    after: PassagePlace | undefined,
    limit: number,
  ): Promise<readonly PassagePlace[]> {
    return [...this.#kept.values()]
      .filter((kept) => after === undefined || compareCollections(kept, after) > 0)
      .toSorted(compareCollections)
      .slice(0, limit)
      .map(({ identity, collection }) => ({ identity, collection }))
  }

  async dump(place: PassagePlace): Promise<DumpedPassages | undefined> {
    const kept = this.#kept.get(keyOf(place))
    return kept && copyOfPassages(kept)
  }

  async load(passages: DumpedPassages): Promise<LoadOutcome> {
    const kept = this.#kept.get(keyOf(passages))
    if (kept !== undefined) return isSamePassages(kept, passages) ? 'unchanged' : 'conflict'
    await this.replace(passages)
    return 'loaded'
  }

  #within(subtree: Subtree): readonly DumpedPassages[] {
    return [...this.#kept.values()].filter(({ identity }) => isWithin(identity, subtree))
  }
}

function keyOf({ identity, collection }: PassagePlace): string {
  return JSON.stringify([conversationKey(identity), collection])
}

function candidatesOf({ identity, passages }: DumpedPassages): readonly KeptCandidate[] {
  return passages.map((passage, index) => ({
    ...{ identity, index, passage },
    createdAt: passage.createdAt,
    words: new Set(passage.words),
  }))
}
