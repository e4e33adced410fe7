import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import type { DumpedPassages, FoundPassage } from './passage.ts'

/** The place of a collection of a session or a run. */
export type PassagePlace = Pick<DumpedPassages, 'identity' | 'collection'>

/** A search of the passages of a collection. */
export interface PassageSearch {
  readonly subtree: Subtree<'run' | 'session' | 'user'>
  readonly collection: string
  /** At least one word, in the form of those of `DumpedPassage`. */
  readonly words: readonly string[]
  /** The largest number of passages. */
  readonly limit: number
}

/** The parameters of {@link PassageDriver.deleteBatch}. */
export interface PassageBatch {
  readonly subtree: Subtree<'user' | 'tenant'>
  /** The number of passages with which the batch ends. It may have more. */
  readonly limit: number
}

/** The parameters of {@link PassageDriver.datedPage}. */
export interface DatedPage {
  readonly subtree: Subtree
  /** The name of the collections; `undefined` for those of all names. */
  readonly collection: string | undefined
  /** The collection after which the page begins. Default: with the first one. */
  readonly after: PassagePlace | undefined
  /** The largest number of collections. */
  readonly limit: number
}

/** A collection of a session or a run, with its date. */
export interface DatedCollection extends PassagePlace {
  /** The date of its newest passage. */
  readonly newest: Date
}

/**
 * Keeps the passages of a `MemoryStore`, as a part of its driver. Those of a run or a session are
 * deleted by `MemoryDriver.deleteAll`.
 */
export interface PassageDriver {
  /** Replaces all passages of a collection of a session or a run in one atomic step. */
  replace(passages: DumpedPassages): Promise<void>
  /**
   * Resolves to the passages with at least one of the words: those with most of them first, and of
   * these the newest. It compares the newest 1,000.
   */
  search(search: PassageSearch): Promise<readonly FoundPassage[]>
  /**
   * Deletes some passages of a user or a tenant in one atomic step, and resolves to their number.
   * It is 0 only if none is left.
   */
  deleteBatch(batch: PassageBatch): Promise<number>
  /** Resolves to the number of passages of a user or a tenant. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /** Returns a page of the owners that have passages, as `MemoryDriver.directoryPage` does. */
  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]>
  /**
   * Returns the next collections after a place, or the first ones, ordered by tenant, user,
   * session, run and collection, each by its UTF-8 bytes. Fewer than `limit` are the last ones.
   */
  collectionsPage(after: PassagePlace | undefined, limit: number): Promise<readonly PassagePlace[]>
  /**
   * Returns the next collections of a subtree with their dates, ordered as those of
   * {@link collectionsPage}. Fewer than `limit` are the last ones.
   */
  datedPage(page: DatedPage): Promise<readonly DatedCollection[]>
  /**
   * Removes a collection in one atomic step unless its newest passage has another date by now.
   * Resolves to whether it was removed.
   */
  remove(collection: DatedCollection): Promise<boolean>
  /** Resolves to the passages of a collection, read at one instant; `undefined` if it has none. */
  dump(place: PassagePlace): Promise<DumpedPassages | undefined>
  /** Keeps passages of a dump in one atomic step if the collection is empty. */
  load(passages: DumpedPassages): Promise<LoadOutcome>
}
