import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import type {
  DatedCollection,
  DatedPage,
  DumpedPassages,
  FoundPassage,
  InMemoryMemoryDriver,
  PassageBatch,
  PassageDriver,
  PassagePlace,
  PassageSearch,
} from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Passages that delegate all calls, to be broken in one method. */
export class DelegatingPassages implements PassageDriver {
  protected readonly kept: PassageDriver

  constructor(kept: PassageDriver) {
    this.kept = kept
  }

  replace(replacement: DumpedPassages): Promise<void> {
    return this.kept.replace(replacement)
  }

  search(search: PassageSearch): Promise<readonly FoundPassage[]> {
    return this.kept.search(search)
  }

  deleteBatch(batch: PassageBatch): Promise<number> {
    return this.kept.deleteBatch(batch)
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.kept.countAll(subtree)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.kept.directoryPage(page)
  }

  collectionsPage(
    after: PassagePlace | undefined,
    limit: number,
  ): Promise<readonly PassagePlace[]> {
    return this.kept.collectionsPage(after, limit)
  }

  datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    return this.kept.datedPage(page)
  }

  remove(collection: DatedCollection): Promise<boolean> {
    return this.kept.remove(collection)
  }

  dump(place: PassagePlace): Promise<DumpedPassages | undefined> {
    return this.kept.dump(place)
  }

  load(passages: DumpedPassages): Promise<LoadOutcome> {
    return this.kept.load(passages)
  }
}

/** Returns a store whose passages are broken. */
export function brokenPassages(
  fault: string,
  Broken: new (kept: PassageDriver) => PassageDriver,
): BrokenStore {
  class Driver extends DelegatingDriver {
    readonly #passages: PassageDriver

    constructor(records: InMemoryMemoryDriver) {
      super(records)
      this.#passages = new Broken(records.passages)
    }

    override get passages(): PassageDriver {
      return this.#passages
    }
  }
  return brokenDriver(fault, Driver)
}
