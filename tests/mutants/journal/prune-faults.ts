import { setTimeout } from 'node:timers/promises'
import {
  JournalStore,
  type FoundStream,
  type StreamKey,
  type StreamsPage,
} from '@harborage/journal'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Longer than the appends of a race take in memory. */
const LATE_MS = 5

/** Deletes a stream, late, whatever was appended to it since. */
class HastyDriver extends DelegatingDriver {
  override async delete(key: StreamKey): Promise<boolean> {
    await setTimeout(LATE_MS)
    return super.delete(key)
  }
}

/** Dates each stream by when its page was read. */
class NewDateDriver extends DelegatingDriver {
  override async streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    const found = await super.streamsPage(page)
    return found.map((each) => ({ ...each, head: { ...each.head, updatedAt: new Date() } }))
  }
}

class UnprefixedStore extends JournalStore {
  override prune(
    ...[subtree, given]: Parameters<JournalStore['prune']>
  ): ReturnType<JournalStore['prune']> {
    return super.prune(subtree, { ...given, prefix: '' })
  }
}

class EagerStore extends JournalStore {
  override prune(
    ...[subtree, given]: Parameters<JournalStore['prune']>
  ): ReturnType<JournalStore['prune']> {
    const { dryRun: _, ...options } = given ?? {}
    return super.prune(subtree, options)
  }
}

export const pruneFaults: readonly BrokenStore[] = [
  brokenDriver('J13', 'prunes a stream to which others have appended since', HastyDriver),
  brokenDriver('J13', 'takes every stream for a new one', NewDateDriver),
  brokenStore('J13', 'prunes streams of other names', UnprefixedStore),
  brokenStore('J13', 'removes streams in a dry run', EagerStore),
]
