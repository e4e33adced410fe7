import { type EventId, HarborageError, type Identity } from '@harborage/core'
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
import { turns } from '@harborage/test-kit/turns'

class LastWriteWinsDriver extends DelegatingDriver {
  override async save(record: StateRecord): Promise<SaveOutcome> {
    await this.force(record)
    return 'saved'
  }
}

/** Reads before it writes, without a transaction. */
class LookThenWriteDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const held = await this.records.loadByEventId(record.identity, record.eventId)
    if (held !== undefined) return this.records.save(record, condition)
    await turns(1)
    await this.force(record)
    return 'saved'
  }
}

const holders = new WeakMap<InMemoryStateDriver, Map<EventId, string>>()

class OneTenantForAllDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const { eventId, identity } = record
    const known = holders.get(this.records) ?? new Map<EventId, string>()
    holders.set(this.records, known)
    if ((known.get(eventId) ?? identity.tenantId) !== identity.tenantId) {
      throw new HarborageError('idempotency_conflict', 'the event id is known from elsewhere')
    }
    known.set(eventId, identity.tenantId)
    return super.save(record, condition)
  }
}

class OnlySessionScopedDriver extends DelegatingDriver {
  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    const held = await super.loadByEventId(identity, eventId)
    return held?.identity.runId === '' ? held : undefined
  }
}

class SharedAmongSessionsDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity: { ...identity, sessionId: 'everyone' }, kind }
  }
}

/** Remembers only the event ids of its own saves. */
class OwnMemoryDriver extends DelegatingDriver {
  readonly #saved = new Set<EventId>()

  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    if (this.#saved.has(record.eventId)) return super.save(record, condition)
    this.#saved.add(record.eventId)
    await this.force(record)
    return 'saved'
  }
}

export const idempotencyFaults: readonly BrokenStore[] = [
  brokenDriver('S2', 'lets the last write win', LastWriteWinsDriver),
  brokenDriver('S2', 'reads before it writes, without a transaction', LookThenWriteDriver),
  brokenDriver('S2', 'keeps event ids unique over all tenants', OneTenantForAllDriver),
  brokenDriver('S2', 'finds no event id within a run', OnlySessionScopedDriver),
  brokenDriver('S2', 'ignores the session of an event id', SharedAmongSessionsDriver),
  brokenDriver('S2', 'forgets event ids when it is closed', OwnMemoryDriver),
]
