import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { NewStateRecord, Slot, StateKey, StateRecord, StateStore } from '@harborage/state'
import { collect } from '../../support/collect.ts'
import { PAST } from '../../support/expiry-dates.ts'
import { newRecord } from './new-record.ts'

/** Saves a new record that has expired, checks that it was saved, and resolves to it. */
export async function saveExpired(
  store: StateStore,
  slot: Slot,
  text?: string,
): Promise<NewStateRecord> {
  const record = { ...newRecord(slot, text), expiresAt: PAST }
  assert.equal(await store.save(record), 'saved')
  return record
}

/** Resolves to what each read finds of a record, by the name of the method. */
export async function everyRead(
  store: StateStore,
  { identity, kind, eventId }: NewStateRecord,
): Promise<Readonly<Record<string, StateRecord | StateKey | undefined>>> {
  return {
    load: await store.load(identity, kind),
    loadByEventId: await store.loadByEventId(identity, eventId),
    loadMany: (await store.loadMany([{ identity, kind }])).at(0),
    list: (await collect(store.list(identity, kind))).at(0),
    'list, newest first': (await collect(store.list(identity, kind, { order: 'descending' }))).at(
      0,
    ),
    listKeys: (await collect(store.listKeys(identity, kind))).at(0),
    listKind: (await collect(store.listKind({ maintenanceScoped: true }, kind))).find(
      (each) => each.identity.tenantId === identity.tenantId,
    ),
  }
}

/** Checks that no read finds a record. */
export async function assertHidden(store: StateStore, record: NewStateRecord): Promise<void> {
  for (const [read, found] of Object.entries(await everyRead(store, record))) {
    assert.equal(found, undefined, `${read} finds the record`)
  }
  assert.equal(await store.count(record.identity, record.kind), 0)
}

/** Checks that every read finds a record, with this expiry. */
export async function assertExpires(
  store: StateStore,
  record: NewStateRecord,
  expiresAt: Date | undefined,
): Promise<void> {
  for (const [read, found] of Object.entries(await everyRead(store, record))) {
    assert.equal(found?.eventId, record.eventId, read)
    assert.deepEqual(found?.expiresAt, expiresAt, `expiresAt of ${read}`)
  }
  assert.equal(await store.count(record.identity, record.kind), 1)
}

/** Resolves once a slot is empty, because its record has expired. */
export async function untilEmpty(store: StateStore, { identity, kind }: Slot): Promise<void> {
  while ((await store.load(identity, kind)) !== undefined) await setTimeout(1)
}
