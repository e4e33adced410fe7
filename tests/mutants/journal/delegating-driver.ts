import type { EventId, RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage, LoadOutcome } from '@harborage/core/kit'
import type {
  AppendResult,
  CheckedAppend,
  CheckedReplacement,
  CheckedTouch,
  DeletedStreams,
  ExaminedHead,
  DumpedRecord,
  Entry,
  Followed,
  FollowPage,
  FoundStream,
  InMemoryJournalDriver,
  JournalDriver,
  JournalDumpPage,
  LocatedEntry,
  ReadPage,
  StreamHead,
  StreamKey,
  StreamsPage,
  StreamSubscription,
} from '@harborage/journal'

/** A driver that delegates all calls, to be broken in one method. */
export class DelegatingDriver implements JournalDriver {
  protected readonly records: InMemoryJournalDriver

  constructor(records: InMemoryJournalDriver) {
    this.records = records
  }

  append(append: CheckedAppend): Promise<AppendResult> {
    return this.records.append(append)
  }

  replaceAfter(replacement: CheckedReplacement): Promise<StreamHead> {
    return this.records.replaceAfter(replacement)
  }

  touch(touch: CheckedTouch): Promise<boolean> {
    return this.records.touch(touch)
  }

  head(key: StreamKey): Promise<StreamHead | undefined> {
    return this.records.head(key)
  }

  readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    return this.records.readPage(page)
  }

  followPage(page: FollowPage): Promise<readonly Followed[]> {
    return this.records.followPage(page)
  }

  get(
    key: StreamKey,
    entryIds: readonly EventId[],
    maxBytes: number,
  ): Promise<readonly (Entry | undefined)[] | undefined> {
    return this.records.get(key, entryIds, maxBytes)
  }

  trim(key: StreamKey, before: number): Promise<number> {
    return this.records.trim(key, before)
  }

  delete(key: StreamKey, ifHead?: ExaminedHead): Promise<boolean> {
    return this.records.delete(key, ifHead)
  }

  watch(key: StreamKey): StreamSubscription {
    return this.records.watch(key)
  }

  streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    return this.records.streamsPage(page)
  }

  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number> {
    return this.records.deleteAll(subtree)
  }

  deleteBatch(batch: Parameters<JournalDriver['deleteBatch']>[0]): Promise<DeletedStreams> {
    return this.records.deleteBatch(batch)
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.records.countAll(subtree)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.records.directoryPage(page)
  }

  dumpPage(page: JournalDumpPage): Promise<readonly DumpedRecord[]> {
    return this.records.dumpPage(page)
  }

  loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    return this.records.loadDump(records)
  }

  close(): Promise<void> {
    return this.records.close()
  }
}
