import type { RunIdentity, Subtree } from '@harborage/core'
import { directoryOf, isWithin, type DirectoryPage, type LoadOutcome } from '@harborage/core/kit'
import { conversationKey } from './internal/conversation-key.ts'
import {
  compareCollections,
  copyOfPassages,
  isSamePassages,
  newestOf,
} from './internal/dumped-passages.ts'
import { rankPassages, type Candidate } from './internal/rank-passages.ts'
import { commonWords } from './internal/words.ts'
import type {
  DatedCollection,
  DatedPage,
  PassageBatch,
  PassageDriver,
  PassagePlace,
  PassageSearch,
} from './passage-driver.ts'
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
      .flatMap((kept) => candidatesOf(kept, new Set(words)))
      .filter((candidate) => candidate.words > 0)
    return rankPassages(candidates, limit).map(({ identity, index, passage, words: common }) => {
      return {
        ...{ identity, index, words: common },
        bytes: passage.bytes.slice(),
        createdAt: new Date(passage.createdAt),
      }
    })
  }

  /** Deletes whole collections of a subtree until they have as many passages. Default: all. */
  deleteWithin(subtree: Subtree, limit: number = Infinity): number {
    let deleted = 0
    for (const kept of this.#within(subtree)) {
      if (deleted >= limit) break
      this.#kept.delete(keyOf(kept))
      deleted += kept.passages.length
    }
    return deleted
  }

  async deleteBatch({ subtree, limit }: PassageBatch): Promise<number> {
    return this.deleteWithin(subtree, limit)
  }

  async countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
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

  async datedPage({
    subtree,
    collection,
    after,
    limit,
  }: DatedPage): Promise<readonly DatedCollection[]> {
    return this.#within(subtree)
      .filter((kept) => collection === undefined || kept.collection === collection)
      .filter((kept) => after === undefined || compareCollections(kept, after) > 0)
      .toSorted(compareCollections)
      .slice(0, limit)
      .map((kept) => ({
        identity: kept.identity,
        collection: kept.collection,
        newest: newestOf(kept),
      }))
  }

  async remove(collection: DatedCollection): Promise<boolean> {
    const key = keyOf(collection)
    const kept = this.#kept.get(key)
    if (kept === undefined || newestOf(kept).getTime() !== collection.newest.getTime()) return false
    return this.#kept.delete(key)
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

function candidatesOf(
  { identity, passages }: DumpedPassages,
  words: ReadonlySet<string>,
): readonly KeptCandidate[] {
  return passages.map((passage, index) => ({
    ...{ identity, index, passage },
    createdAt: passage.createdAt,
    words: commonWords(words, passage.words),
  }))
}
