import type { RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  type DatedCollection,
  type DatedHeader,
  type DatedPage,
  type HeadersPage,
  type HeldMemory,
  type MemoryChange,
  type ReadSet,
} from '@harborage/memory'
import { turns } from '@harborage/test-kit/turns'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { brokenPassages, DelegatingPassages } from './delegating-passages.ts'

/** More than a race gives the others. */
const LATE_TURNS = 20

/** Dates every conversation alike. */
class DatedDriver extends DelegatingDriver {
  protected readonly at: number = 0

  override async headersPage(page: HeadersPage): Promise<readonly DatedHeader[]> {
    const found = await super.headersPage(page)
    return found.map((each) => ({ ...each, changedAt: this.at }))
  }

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return super.change(identity, readSet, (held) => decide({ ...held, changedAt: this.at }))
  }
}

class NewDateDriver extends DatedDriver {
  protected override readonly at = 8.64e15
}

/** Decides about a conversation as it was when its page was read. */
class HastyDriver extends DelegatingDriver {
  readonly #seen = new Map<string, DatedHeader>()

  override async headersPage(page: HeadersPage): Promise<readonly DatedHeader[]> {
    const found = await super.headersPage(page)
    for (const each of found) this.#seen.set(JSON.stringify(each.identity), each)
    return found
  }

  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    const key = JSON.stringify(identity)
    const seen = this.#seen.get(key)
    this.#seen.delete(key)
    if (seen === undefined) return super.change(identity, readSet, decide)
    await turns(LATE_TURNS)
    return super.change(identity, readSet, (held) => decide({ ...held, ...seen }))
  }
}

/** Forgets where a page begins: the session itself is left out. */
class RootlessDriver extends DelegatingDriver {
  override async headersPage(page: HeadersPage): Promise<readonly DatedHeader[]> {
    const { tenantId, userId, sessionId, runId } = page.subtree
    const after = page.after ?? { tenantId, userId, sessionId, runId }
    return super.headersPage({ ...page, after })
  }
}

class EagerStore extends MemoryStore {
  override prune(
    ...[subtree, given]: Parameters<MemoryStore['prune']>
  ): ReturnType<MemoryStore['prune']> {
    const { dryRun: _, ...options } = given ?? {}
    return super.prune(subtree, options)
  }
}

/** Takes every collection for an old one. */
class OldPassages extends DelegatingPassages {
  override async datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    const found = await super.datedPage(page)
    return found.map((each) => ({ ...each, newest: new Date(0) }))
  }

  override async remove(collection: DatedCollection): Promise<boolean> {
    const { passages = [] } = (await super.dump(collection)) ?? {}
    await super.replace({ ...collection, passages: [] })
    return passages.length > 0
  }
}

/** Dates a collection by its first passage. */
class FirstPassage extends DelegatingPassages {
  override async datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    const found = await super.datedPage(page)
    return Promise.all(
      found.map(async (each) => {
        const [first] = (await super.dump(each))?.passages ?? []
        return { ...each, newest: first?.createdAt ?? each.newest }
      }),
    )
  }

  override async remove(collection: DatedCollection): Promise<boolean> {
    const { passages = [] } = (await super.dump(collection)) ?? {}
    await super.replace({ ...collection, passages: [] })
    return passages.length > 0
  }
}

/** Removes a collection, late, whatever replaced it since. */
class HastyPassages extends DelegatingPassages {
  override async remove(collection: DatedCollection): Promise<boolean> {
    await turns(LATE_TURNS)
    await super.replace({ ...collection, passages: [] })
    return true
  }
}

/** Prunes the collections of other names, too. */
class AnyCollection extends DelegatingPassages {
  override datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    return super.datedPage({ ...page, collection: undefined })
  }
}

/** Skips the other collections of a session after a place. */
class NextSession extends DelegatingPassages {
  override async datedPage(page: DatedPage): Promise<readonly DatedCollection[]> {
    const found = await super.datedPage(page)
    const owner = JSON.stringify(page.after?.identity)
    return found.filter(({ identity }) => JSON.stringify(identity) !== owner)
  }
}

export const pruneFaults: readonly BrokenStore[] = [
  brokenDriver('takes every conversation for an old one', DatedDriver),
  brokenDriver('takes every conversation for a new one', NewDateDriver),
  brokenDriver('prunes a conversation to which others have added since', HastyDriver),
  brokenDriver('leaves the conversation of a session itself', RootlessDriver),
  brokenStore('removes conversations in a dry run', EagerStore),
  brokenPassages('takes every collection for an old one', OldPassages),
  brokenPassages('dates a collection by its first passage', FirstPassage),
  brokenPassages('prunes a collection that others have replaced since', HastyPassages),
  brokenPassages('prunes collections of other names', AnyCollection),
  brokenPassages('skips collections of a session when it goes on', NextSession),
]
