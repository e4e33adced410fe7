import type { RunIdentity, Subtree } from '@harborage/core'
import type { DirectoryPage } from '@harborage/core/kit'
import type {
  Conversation,
  DatedHeader,
  DeleteBatch,
  DeletedBatch,
  DeletedConversation,
  DumpedConversation,
  HeadersPage,
  HeldMemory,
  InMemoryMemoryDriver,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  PassageDriver,
  ReadSet,
} from '@harborage/memory'

/** A driver that delegates all calls, to be broken in one method. */
export class DelegatingDriver implements MemoryDriver {
  protected readonly records: InMemoryMemoryDriver

  constructor(records: InMemoryMemoryDriver) {
    this.records = records
  }

  get passages(): PassageDriver {
    return this.records.passages
  }

  read(identity: Required<RunIdentity>): Promise<Conversation> {
    return this.records.read(identity)
  }

  readHeader(identity: Required<RunIdentity>): Promise<MemoryHeader | undefined> {
    return this.records.readHeader(identity)
  }

  change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    return this.records.change(identity, readSet, (held) => this.spoil(decide(held), held))
  }

  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<readonly DeletedConversation[]> {
    return this.records.deleteAll(subtree)
  }

  deleteBatch(batch: DeleteBatch): Promise<DeletedBatch> {
    return this.records.deleteBatch(batch)
  }

  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number> {
    return this.records.countAll(subtree)
  }

  directoryPage(page: DirectoryPage): Promise<readonly Required<RunIdentity>[]> {
    return this.records.directoryPage(page)
  }

  conversationsPage(
    after: Required<RunIdentity> | undefined,
    limit: number,
  ): Promise<readonly Required<RunIdentity>[]> {
    return this.records.conversationsPage(after, limit)
  }

  headersPage(page: HeadersPage): Promise<readonly DatedHeader[]> {
    return this.records.headersPage(page)
  }

  dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined> {
    return this.records.dump(identity)
  }

  close(): Promise<void> {
    return this.records.close()
  }

  /** Returns the change to apply. A broken driver replaces the one that was decided. */
  protected spoil<Result>(change: MemoryChange<Result>, _held: HeldMemory): MemoryChange<Result> {
    return change
  }
}
