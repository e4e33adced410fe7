import { allOfTenant, newEventId, tenantOwner, userOwner, type Owner } from '@harborage/core'
import { ownerAt } from '@harborage/core/kit'
import type { DumpedRecord, JournalPlace, JournalStore } from '@harborage/journal'
import { collect } from '../../support/collect.ts'
import { newEntry, numberedEntries, STREAM } from './entries.ts'

/** The scope of calls that cross identities. */
export const maintenance = { maintenanceScoped: true } as const

/** Resolves to all records of a tenant. */
export function dumpOf(
  store: JournalStore,
  tenantId: string,
  options: { readonly pageSize?: number; readonly after?: JournalPlace } = {},
): Promise<DumpedRecord[]> {
  return collect(store.dump(maintenance, { ...options, within: allOfTenant({ tenantId }) }))
}

/** Returns a record as that of another tenant. */
export function ofTenant(record: DumpedRecord, tenantId: string): DumpedRecord {
  return { ...record, owner: ownerAt({ ...record.owner, tenantId }) }
}

/** Returns records without the tenant, as plain values that can be compared. */
export function comparable(records: readonly DumpedRecord[]): unknown {
  const plain: unknown = JSON.parse(
    JSON.stringify(
      records.map(({ owner, ...record }) => ({
        ...record,
        owner: [owner.userId, owner.sessionId, owner.runId],
        ...('bytes' in record && { bytes: Buffer.from(record.bytes).toString('base64') }),
      })),
    ),
  )
  return plain
}

/** Returns a run, its session, its user and its tenant. */
export function ownersOf(tenantId: string, name = 'first'): readonly Owner[] {
  const session = { tenantId, userId: name, sessionId: name }
  return [
    { ...session, runId: name },
    session,
    userOwner({ tenantId, userId: name }),
    tenantOwner({ tenantId }),
  ]
}

/**
 * Appends to a stream, replaces its end and trims its beginning, so that it has rows of every kind.
 */
export async function fillStream(store: JournalStore, owner: Owner): Promise<void> {
  await store.append(owner, STREAM, numberedEntries(1, 8))
  await store.replaceAfter({
    owner,
    stream: STREAM,
    position: 5,
    entries: [newEntry('instead')],
    operationId: newEventId(),
    ifPosition: 8,
  })
  await store.trim(owner, STREAM, { before: 3 })
  await store.append(owner, STREAM, [
    { ...newEntry('last'), type: 'état 🙂', createdAt: new Date(5) },
    { ...newEntry(''), bytes: new Uint8Array() },
  ])
}
