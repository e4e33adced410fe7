import type { CallOptions, EventId, MaintenanceScope, Owner, PageOptions } from '@harborage/core'
import { StateStore, type SlotKey, type StateRecord } from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

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
    const page = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }
    for (const record of await this.records.listKindPage(page)) {
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
  brokenStore('S15', 'does not check owners', UncheckedStore),
]
