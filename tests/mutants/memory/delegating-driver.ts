import type { RunIdentity } from '@harborage/core'
import type {
  Conversation,
  HeldMemory,
  InMemoryMemoryDriver,
  MemoryChange,
  MemoryDriver,
  MemoryHeader,
  ReadSet,
} from '@harborage/memory'

/** A driver that delegates all calls, to be broken in one method. */
export class DelegatingDriver implements MemoryDriver {
  protected readonly records: InMemoryMemoryDriver

  constructor(records: InMemoryMemoryDriver) {
    this.records = records
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

  close(): Promise<void> {
    return this.records.close()
  }

  /** Returns the change to apply. A broken driver replaces the one that was decided. */
  protected spoil<Result>(change: MemoryChange<Result>, _held: HeldMemory): MemoryChange<Result> {
    return change
  }
}
