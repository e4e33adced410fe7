import type { RunIdentity, Subtree } from '@harborage/core'
import { allOfSession, allOfTenant } from '@harborage/core'
import type { DirectoryPage } from '@harborage/core/kit'
import {
  JournalStore,
  type AppendResult,
  type CheckedAppend,
  type DeletedStreams,
  type Followed,
  type FollowPage,
  type FoundStream,
  type InMemoryJournalDriver,
  type JournalDriver,
  type StreamHead,
  type StreamKey,
  type StreamsPage,
  type StreamSubscription,
} from '@harborage/journal'
import { turns } from '@harborage/test-kit/turns'
import { brokenDirectories, type FindOwners } from '../broken-directories.ts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Yields no replacements. */
class EntriesOnlyDriver extends DelegatingDriver {
  override async followPage(page: FollowPage): Promise<readonly Followed[]> {
    return (await super.followPage(page)).filter((each) => 'entryId' in each)
  }
}

/** Leaves out the entry after the cursor. */
class SkippingDriver extends DelegatingDriver {
  override followPage(page: FollowPage): Promise<readonly Followed[]> {
    const { after } = page
    const skipped = after.position === 0 ? after : { ...after, position: after.position + 1 }
    return super.followPage({ ...page, after: skipped })
  }
}

/** Wakes no follower once there is a stream. */
class SleepyDriver extends DelegatingDriver {
  override watch(key: StreamKey): StreamSubscription {
    const subscription = super.watch(key)
    return {
      next: (seen) =>
        seen === undefined ? subscription.next(seen) : Promise.withResolvers<void>().promise,
      close: () => subscription.close(),
    }
  }
}

/** Says of every stream that nothing was trimmed. */
class UntrimmedDriver extends DelegatingDriver {
  override async head(key: StreamKey): Promise<StreamHead | undefined> {
    const head = await super.head(key)
    return head && { ...head, first: 1 }
  }
}

/** Follows streams by their name only, and not by their generation. */
class AnyGenerationStore extends JournalStore {
  override follow(
    ...[owner, stream, options]: Parameters<JournalStore['follow']>
  ): AsyncIterable<Followed> {
    const { after } = options ?? {}
    if (after === undefined) return super.follow(owner, stream, options)
    const head = this.head(owner, stream)
    const follow = (generation: string) =>
      super.follow(owner, stream, { ...options, after: { ...after, generation } })
    return {
      async *[Symbol.asyncIterator]() {
        yield* follow((await head)?.generation ?? after.generation)
      },
    }
  }
}

/** Does not leave a follower before it has something to yield. */
class StayingStore extends JournalStore {
  override follow(...call: Parameters<JournalStore['follow']>): AsyncIterable<Followed> {
    const followed = super.follow(...call)
    return {
      async *[Symbol.asyncIterator]() {
        yield* followed
      },
    }
  }
}

class OnceClosableStore extends JournalStore {
  #isClosed = false

  override async close(): Promise<void> {
    if (this.#isClosed) throw new Error('closed twice')
    this.#isClosed = true
    return super.close()
  }
}

class UndisposableStore extends JournalStore {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

class SlowDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    await turns(5)
    return super.append(append)
  }
}

/** Does not wait for running calls. */
class HastyStore extends JournalStore {
  readonly #driver: JournalDriver

  constructor(driver: JournalDriver) {
    super(driver)
    this.#driver = driver
  }

  override async close(): Promise<void> {
    void super.close()
    await this.#driver.close()
  }
}

class DeafStore extends JournalStore {
  override delete(...[owner, stream]: Parameters<JournalStore['delete']>) {
    return super.delete(owner, stream)
  }
}

class ListeningStore extends JournalStore {
  override head(...args: Parameters<JournalStore['head']>) {
    args[2]?.signal?.addEventListener('abort', () => {})
    return super.head(...args)
  }
}

/** Counts a length that is off by the replacements. */
class MiscountingDriver extends DelegatingDriver {
  override async head(key: StreamKey): Promise<StreamHead | undefined> {
    const head = await super.head(key)
    return head && { ...head, length: Math.min(head.length, 3) }
  }
}

/** Drops the entry at the position, too. */
class GreedyTrimDriver extends DelegatingDriver {
  override trim(key: StreamKey, before: number): Promise<number> {
    return super.trim(key, before + 1)
  }
}

/** Keeps the generation of a deleted stream. */
class EmptyingDriver extends DelegatingDriver {
  override async delete(key: StreamKey): Promise<boolean> {
    const head = await this.head(key)
    if (head === undefined || head.length === 0) return false
    await super.trim(key, head.position + 1)
    return true
  }
}

/** Deletes the session of a run. */
class WholeSessionDriver extends DelegatingDriver {
  override deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    const { tenantId, userId, sessionId } = subtree
    return super.deleteAll(allOfSession({ tenantId, userId, sessionId }))
  }
}

/** Deletes the tenant of a user. */
class WholeTenantDriver extends DelegatingDriver {
  override deleteBatch(
    batch: Parameters<JournalDriver['deleteBatch']>[0],
  ): Promise<DeletedStreams> {
    const { tenantId } = batch.subtree
    return super.deleteBatch({ ...batch, subtree: allOfTenant({ tenantId }) })
  }
}

/** Answers that every batch is the last one. */
class FirstBatchDriver extends DelegatingDriver {
  override async deleteBatch(
    batch: Parameters<JournalDriver['deleteBatch']>[0],
  ): Promise<DeletedStreams> {
    return { ...(await super.deleteBatch(batch)), last: undefined }
  }
}

/** Deletes everything in one batch. */
class OneBatchDriver extends DelegatingDriver {
  override deleteBatch(
    batch: Parameters<JournalDriver['deleteBatch']>[0],
  ): Promise<DeletedStreams> {
    return super.deleteBatch({ ...batch, limit: Number.POSITIVE_INFINITY })
  }
}

/** Walks the streams of the session for one owner. */
class WideStreamsDriver extends DelegatingDriver {
  override streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    return super.streamsPage({ ...page, level: page.level === 'run' ? 'session' : page.level })
  }
}

/** Walks by name in any order. */
class NamesOnlyDriver extends DelegatingDriver {
  override streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    return super.streamsPage({ ...page, order: 'name' })
  }
}

/** Ignores prefixes. */
class AnyPrefixDriver extends DelegatingDriver {
  override streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    return super.streamsPage({ ...page, prefix: '' })
  }
}

const directoryFaults = brokenDirectories.map(({ fault, broken }): BrokenStore => {
  class BrokenDirectory extends DelegatingDriver {
    readonly #find: FindOwners

    constructor(records: InMemoryJournalDriver) {
      super(records)
      this.#find = broken((page) => records.directoryPage(page))
    }

    override directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
      return this.#find(page)
    }
  }
  return brokenDriver('J11', fault, BrokenDirectory)
})

export const otherFaults: Readonly<Record<string, readonly BrokenStore[]>> = {
  J8: [
    brokenDriver('J8', 'yields no replacements', EntriesOnlyDriver),
    brokenDriver('J8', 'leaves out an entry after the cursor', SkippingDriver),
    brokenDriver('J8', 'does not wake followers', SleepyDriver),
    brokenDriver('J8', 'does not say what was trimmed', UntrimmedDriver),
    brokenStore('J8', 'follows any stream of the name', AnyGenerationStore),
    brokenStore('J8', 'does not leave a follower that waits', StayingStore),
  ],
  J9: [
    brokenStore('J9', 'can be closed only once', OnceClosableStore),
    brokenStore('J9', 'stays open when it is disposed of', UndisposableStore),
    {
      guarantee: 'J9',
      fault: 'does not wait for running calls',
      open: (records) => new HastyStore(new SlowDriver(records)),
    },
    brokenStore('J9', 'ignores signals', DeafStore),
    brokenStore('J9', 'does not remove its listener', ListeningStore),
  ],
  J10: [brokenDriver('J10', 'counts at most three entries', MiscountingDriver)],
  J11: [
    brokenDriver('J11', 'trims the entry at the position, too', GreedyTrimDriver),
    brokenDriver('J11', 'keeps the head of a deleted stream', EmptyingDriver),
    brokenDriver('J11', 'deletes the session of a run', WholeSessionDriver),
    brokenDriver('J11', 'deletes the tenant of a user', WholeTenantDriver),
    brokenDriver('J11', 'stops after the first batch', FirstBatchDriver),
    brokenDriver('J11', 'deletes a user in one batch', OneBatchDriver),
    brokenDriver('J11', 'walks the streams of the session for one owner', WideStreamsDriver),
    brokenDriver('J11', 'knows no order by recency', NamesOnlyDriver),
    brokenDriver('J11', 'ignores the prefix of streams', AnyPrefixDriver),
    ...directoryFaults,
  ],
}
