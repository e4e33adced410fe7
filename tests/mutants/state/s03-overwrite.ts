import type { EventId, Identity } from '@harborage/core'
import type {
  Condition,
  InMemoryStateDriver,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'

class FirstWriteWinsDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    if ((await this.load(record)) !== undefined) return 'saved'
    return super.save(record, condition)
  }
}

const archives = new WeakMap<InMemoryStateDriver, Map<EventId, StateRecord>>()

class ArchivingDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const archive = archives.get(this.records) ?? new Map<EventId, StateRecord>()
    archives.set(this.records, archive.set(record.eventId, record))
    return super.save(record, condition)
  }

  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    const held = await super.loadByEventId(identity, eventId)
    return held ?? archives.get(this.records)?.get(eventId)
  }
}

class ContentAddressedDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.load(record)
    if (held !== undefined && Buffer.compare(held.bytes, record.bytes) === 0) return 'saved'
    return super.save(record, condition)
  }
}

class SharedAmongRunsDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity: { ...identity, runId: 'any' }, kind }
  }
}

class NeverEmptyDriver extends DelegatingDriver {
  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const nothing = { eventId: '' as EventId, bytes: new Uint8Array(), version: 0 }
    const dates = { updatedAt: new Date(0), createdAt: new Date(0), expiresAt: undefined }
    return (await super.load(slot)) ?? { ...slot, ...nothing, ...dates }
  }
}

export const overwriteFaults: readonly BrokenStore[] = [
  brokenDriver('S3', 'lets the first write win', FirstWriteWinsDriver),
  brokenDriver('S3', 'resolves event ids that were replaced', ArchivingDriver),
  brokenDriver('S3', 'drops a generation with equal bytes', ContentAddressedDriver),
  brokenDriver('S3', 'ignores the run', SharedAmongRunsDriver),
  brokenDriver('S3', 'returns an empty record for an empty slot', NeverEmptyDriver),
]
