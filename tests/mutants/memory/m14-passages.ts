import { allOfUser, type RunIdentity, type Subtree } from '@harborage/core'
import { isWithin, type LoadOutcome } from '@harborage/core/kit'
import type {
  DumpedPassages,
  FoundPassage,
  DeletedConversation,
  PassageBatch,
  PassagePlace,
  PassageSearch,
} from '@harborage/memory'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { brokenPassages, DelegatingPassages } from './delegating-passages.ts'

/** Looks at the first word only. */
class OneWord extends DelegatingPassages {
  override search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    return super.search({ ...search, words: search.words.slice(0, 1) })
  }
}

/** Requires all words. */
class EveryWord extends DelegatingPassages {
  override async search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    const found = await super.search(search)
    return found.filter(({ words }) => words === search.words.length)
  }
}

/** Returns the newest passages first, however many words they have. */
class NewestFirst extends DelegatingPassages {
  override async search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    const found = await super.search({ ...search, limit: 100 })
    return found
      .toSorted((left, right) => right.createdAt.getTime() - left.createdAt.getTime())
      .slice(0, search.limit)
  }
}

/** Returns the oldest passages first. */
class OldestFirst extends DelegatingPassages {
  override async search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    return (await super.search(search)).toReversed()
  }
}

/** Searches all sessions of the user. */
class WholeUser extends DelegatingPassages {
  override search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    const { tenantId, userId } = search.subtree
    return super.search({ ...search, subtree: allOfUser({ tenantId, userId }) })
  }
}

/** Returns more than the limit. */
class Unlimited extends DelegatingPassages {
  override search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    return super.search({ ...search, limit: 100 })
  }
}

/** Keeps what was there before a replacement by nothing. */
class NeverEmpty extends DelegatingPassages {
  override async replace(replacement: DumpedPassages): Promise<void> {
    if (replacement.passages.length > 0) await super.replace(replacement)
  }
}

/** Replaces all collections of a session. */
class OneCollection extends DelegatingPassages {
  override async replace(replacement: DumpedPassages): Promise<void> {
    await super.replace({ ...replacement, collection: 'one' })
  }

  override search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    return super.search({ ...search, collection: 'one' })
  }
}

/** Deletes nothing. */
class Undeleted extends DelegatingPassages {
  override async deleteBatch(): Promise<number> {
    return 0
  }
}

/** Deletes all passages at once, however many there are. */
class Unbounded extends DelegatingPassages {
  override deleteBatch({ subtree }: PassageBatch): Promise<number> {
    return super.deleteBatch({ subtree, limit: Infinity })
  }
}

/** Deletes the conversations of a run or a session, and leaves its passages. */
class Outliving extends DelegatingDriver {
  override async deleteAll(
    subtree: Subtree<'run' | 'session'>,
  ): Promise<readonly DeletedConversation[]> {
    const { passages } = this.records
    const places = await passages.collectionsPage(undefined, 1_000_000)
    const kept = await Promise.all(places.map((place) => passages.dump(place)))
    const deleted = await super.deleteAll(subtree)
    for (const each of kept) if (each !== undefined) await passages.load(each)
    return deleted
  }
}

/** Deletes the conversations of a run or a session in a later step than its passages. */
class InTwoSteps extends DelegatingDriver {
  override async deleteAll(
    subtree: Subtree<'run' | 'session'>,
  ): Promise<readonly DeletedConversation[]> {
    const { passages } = this.records
    const places = await passages.collectionsPage(undefined, 1_000_000)
    for (const place of places.filter(({ identity }) => isWithin(identity, subtree))) {
      const held = await passages.dump(place)
      for (let left = held?.passages.length ?? 0; left > 0; left -= 100) {
        if (held) await passages.replace({ ...held, passages: held.passages.slice(0, left) })
        await turns(1)
      }
    }
    return super.deleteAll(subtree)
  }
}

/** Removes the old passages, and adds the new ones later, beside those of others. */
class Torn extends DelegatingPassages {
  readonly #added = new Map<string, DumpedPassages>()

  override async replace(replacement: DumpedPassages): Promise<void> {
    const { identity, collection, passages } = replacement
    const key = JSON.stringify([identity, collection])
    this.#added.delete(key)
    await turns(1)
    const beside = this.#added.get(key)?.passages ?? []
    const both = { ...replacement, passages: [...beside, ...passages] }
    this.#added.set(key, both)
    await super.replace(both)
  }
}

/** Does not tell which owners have passages. */
class Undiscovered extends DelegatingPassages {
  override async directoryPage(): Promise<readonly Required<RunIdentity>[]> {
    return []
  }
}

/** Dumps passages without their words. */
class Wordless extends DelegatingPassages {
  override async dump(place: PassagePlace): Promise<DumpedPassages | undefined> {
    const found = await super.dump(place)
    return (
      found && { ...found, passages: found.passages.map((passage) => ({ ...passage, words: [] })) }
    )
  }
}

/** Dumps passages without their dates. */
class Undated extends DelegatingPassages {
  override async dump(place: PassagePlace): Promise<DumpedPassages | undefined> {
    const found = await super.dump(place)
    const createdAt = new Date(0)
    return found && { ...found, passages: found.passages.map((each) => ({ ...each, createdAt })) }
  }
}

/** Skips the other collections of a session at the end of a page. */
class OnePerSession extends DelegatingPassages {
  override async collectionsPage(
    after: PassagePlace | undefined,
    limit: number,
  ): Promise<readonly PassagePlace[]> {
    const all = await super.collectionsPage(after, 1_000_000)
    const owner = JSON.stringify(after?.identity)
    return all
      .filter(({ identity }) => {
        return after?.collection === '' || JSON.stringify(identity) !== owner
      })
      .slice(0, limit)
  }
}

/** Loads passages in the place of others. */
class Overwriting extends DelegatingPassages {
  override async load(passages: DumpedPassages): Promise<LoadOutcome> {
    const outcome = await super.load(passages)
    if (outcome !== 'conflict') return outcome
    await super.replace(passages)
    return 'loaded'
  }
}

/** Takes passages that are there for those of the dump, whatever they are. */
class Trusting extends DelegatingPassages {
  override async load(passages: DumpedPassages): Promise<LoadOutcome> {
    const outcome = await super.load(passages)
    return outcome === 'conflict' ? 'unchanged' : outcome
  }
}

export const passageFaults: readonly BrokenStore[] = [
  brokenPassages('looks for the first word only', OneWord),
  brokenPassages('finds passages with all words only', EveryWord),
  brokenPassages('finds the newest passages first', NewestFirst),
  brokenPassages('finds the oldest passages first', OldestFirst),
  brokenPassages('searches all sessions of a user', WholeUser),
  brokenPassages('finds more passages than the limit', Unlimited),
  brokenPassages('keeps the last passages of a session', NeverEmpty),
  brokenPassages('has one collection for all', OneCollection),
  brokenPassages('does not delete passages', Undeleted),
  brokenPassages('deletes all passages of a user in one batch', Unbounded),
  brokenDriver('leaves the passages of a run or a session', Outliving),
  brokenDriver('deletes the passages of a run or a session in steps', InTwoSteps),
  brokenPassages('adds the passages of callers at once', Torn),
  brokenPassages('does not find who has passages only', Undiscovered),
  brokenPassages('dumps passages without their words', Wordless),
  brokenPassages('dumps passages without their dates', Undated),
  brokenPassages('skips collections of a session at the end of a page', OnePerSession),
  brokenPassages('loads passages in the place of others', Overwriting),
  brokenPassages('does not tell of other passages in the place', Trusting),
]
