import type { CallOptions, EventId, MaintenanceScope, Owner, PageOptions } from '@harborage/core'
import {
  StateStore,
  type Condition,
  type SaveOutcome,
  type SlotKey,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

const EVERYTHING = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }

/** Keeps what belongs to a user in a session of the user. */
class InSessionDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    const isOfUser = identity.userId !== '' && identity.sessionId === ''
    return { identity: isOfUser ? { ...identity, sessionId: 'first' } : identity, kind }
  }
}

/** Keeps what belongs to a tenant with a user of the tenant. */
class WithUserDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity: { ...identity, userId: identity.userId || 'ann' }, kind }
  }
}

/** Compares users and tenants without case. */
class CaselessDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    if (identity.sessionId !== '') return { identity, kind }
    const { tenantId, userId } = identity
    const lower = { tenantId: tenantId.toLowerCase(), userId: userId.toLowerCase() }
    return { identity: { ...identity, ...lower }, kind }
  }
}

/** Does not find what belongs to no session. */
class SessionsOnlyDriver extends DelegatingDriver {
  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return slot.identity.sessionId === '' ? undefined : super.load(slot)
  }
}

/** Keeps what belongs to no session until it is closed. */
class ForgetfulDriver extends DelegatingDriver {
  override async close(): Promise<void> {
    for (const record of await this.records.listKindPage(EVERYTHING)) {
      if (record.identity.sessionId === '') await this.records.delete(record, undefined)
    }
  }
}

/** Returns the parts of an owner as a plain object. */
class PlainOwnersStore extends StateStore {
  override async load(identity: Owner, kind: string, options?: CallOptions) {
    return plain(await super.load(identity, kind, options))
  }

  override async loadByEventId(identity: Owner, eventId: EventId, options?: CallOptions) {
    return plain(await super.loadByEventId(identity, eventId, options))
  }

  override list(identity: Owner, prefix: string, options?: PageOptions) {
    return plainAll(super.list(identity, prefix, options))
  }

  override listKind(scope: MaintenanceScope, prefix: string, options?: PageOptions) {
    return plainAll(super.listKind(scope, prefix, options))
  }
}

/** Returns the parts of an owner as a plain object where it reads many records. */
class PlainManyStore extends StateStore {
  override async loadMany(...[slots, options]: Parameters<StateStore['loadMany']>) {
    return (await super.loadMany(slots, options)).map(plain)
  }
}

/** Returns the parts of an owner as a plain object in keys. */
class PlainKeysStore extends StateStore {
  override async *listKeys(...[identity, prefix, options]: Parameters<StateStore['listKeys']>) {
    for await (const key of super.listKeys(identity, prefix, options)) {
      yield { ...key, identity: { ...key.identity } }
    }
  }
}

/** Takes the event id of any slot of the tenant for that of the slot. */
class AnySlotDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    if (typeof condition !== 'string') return super.save(record, condition)
    const holder = await this.#holderOf(record.identity.tenantId, condition)
    return super.save(record, holder === undefined ? condition : undefined)
  }

  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    if (ifEventId === undefined) return super.delete(slot, ifEventId)
    const holder = await this.#holderOf(slot.identity.tenantId, ifEventId)
    return super.delete(holder ?? slot, ifEventId)
  }

  async #holderOf(tenantId: string, eventId: EventId): Promise<StateRecord | undefined> {
    const records = await this.records.listKindPage(EVERYTHING)
    return records.find((each) => each.eventId === eventId && each.identity.tenantId === tenantId)
  }
}

/** Deletes an expected event id of all tenants. */
class AnyTenantDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = await super.delete(slot, ifEventId)
    for (const each of await this.records.listKindPage(EVERYTHING)) {
      if (isThere && each.eventId === ifEventId) await super.delete(each, ifEventId)
    }
    return isThere
  }
}

function plain(record: StateRecord | undefined): StateRecord | undefined {
  return record && { ...record, identity: { ...record.identity } }
}

async function* plainAll(records: AsyncIterable<StateRecord>): AsyncGenerator<StateRecord> {
  for await (const record of records) yield plain(record) ?? record
}

export const ownerFaults: readonly BrokenStore[] = [
  brokenDriver('S15', 'keeps the slots of a user in a session', InSessionDriver),
  brokenDriver('S15', 'keeps the slots of a tenant with a user', WithUserDriver),
  brokenDriver('S15', 'compares users and tenants without case', CaselessDriver),
  brokenDriver('S15', 'does not find the slots of a user', SessionsOnlyDriver),
  brokenDriver('S15', 'forgets the slots of users and tenants when it closes', ForgetfulDriver),
  brokenStore('S15', 'returns owners that no method accepts', PlainOwnersStore),
  brokenStore('S15', 'loads many owners that no method accepts', PlainManyStore),
  brokenStore('S15', 'returns keys with owners that no method accepts', PlainKeysStore),
  brokenDriver('S15', 'takes the event id of any slot for that of the slot', AnySlotDriver),
  brokenDriver('S15', 'deletes an event id of all tenants', AnyTenantDriver),
  brokenStore('S15', 'does not check owners', UncheckedStore),
]
