import { allOfTenant, tenantOwner, userOwner, type Owner, type RunIdentity } from '@harborage/core'
import { ownerAt } from '@harborage/core/kit'
import {
  REMEMBERED_EVENT_IDS,
  type DumpedSlot,
  type NewStateRecord,
  type StateStore,
} from '@harborage/state'
import { collect } from '../../support/collect.ts'
import { FUTURE } from '../../support/expiry-dates.ts'
import { freshIdentity } from '../../support/fresh-identity.ts'
import { newRecord } from './new-record.ts'
import { saveNew } from './save-new.ts'

const KIND = 'task.checkpoint'

/** The scope of calls that cross identities. */
export const maintenance = { maintenanceScoped: true } as const

/** Returns a dumped slot as that of another tenant. */
export function ofTenant(slot: DumpedSlot, tenantId: string): DumpedSlot {
  return { ...slot, identity: ownerAt({ ...slot.identity, tenantId }) }
}

/** Loads slots in batches of a size, and resolves to the sum of the answers. */
export async function loadInBatches(
  store: StateStore,
  slots: readonly DumpedSlot[],
  size: number,
): Promise<{ readonly loaded: number; readonly unchanged: number }> {
  let loaded = 0
  let unchanged = 0
  for (let from = 0; from < slots.length; from += size) {
    const answer = await store.loadDump(maintenance, slots.slice(from, from + size))
    loaded += answer.loaded
    unchanged += answer.unchanged
  }
  return { loaded, unchanged }
}

/** Returns dumped slots without the tenant, as plain values that can be compared. */
export function comparable(slots: readonly DumpedSlot[]): unknown {
  return slots.map(({ identity, bytes, updatedAt, createdAt, expiresAt, ...others }) => ({
    ...others,
    owner: [identity.userId, identity.sessionId, identity.runId],
    bytes: Buffer.from(bytes).toString('base64'),
    updatedAt: updatedAt.getTime(),
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime(),
  }))
}

/** Resolves to all slots of a tenant. */
export function dumpOf(
  store: StateStore,
  tenantId: string,
  options: {
    readonly pageSize?: number
    readonly after?: Pick<DumpedSlot, 'identity' | 'kind'>
  } = {},
): Promise<DumpedSlot[]> {
  return collect(store.dump(maintenance, { ...options, within: allOfTenant({ tenantId }) }))
}

/** Returns a run, its session, its user and its tenant. */
export function ownersOf(tenantId: string, name = 'first'): readonly Owner[] {
  const userId = name === 'first' ? 'ann' : name
  const session = { tenantId, userId, sessionId: name }
  return [
    { ...session, runId: name },
    session,
    userOwner({ tenantId, userId }),
    tenantOwner({ tenantId }),
  ]
}

/** Fills a tenant with nine slots of all kinds of owners, and resolves to it and an empty one. */
export async function filledTenants(store: StateStore): Promise<{ from: string; to: string }> {
  const { tenantId } = freshIdentity()
  for (const [index, identity] of ownersOf(tenantId).entries()) {
    const slot = { identity, kind: `${KIND}.${index}` }
    await store.save({ ...newRecord(slot, 'old'), updatedAt: new Date(index), version: 1 })
    const bytes = new Uint8Array(index * 3).fill(index)
    const updatedAt = new Date(1_000 + index)
    await store.save({ ...newRecord(slot), bytes, updatedAt, version: index })
    await store.save({ ...newRecord({ identity, kind: 'état 🙂' }), expiresAt: FUTURE })
  }
  await saveNew(store, { identity: userOwner({ tenantId, userId: 'bob' }), kind: KIND })
  return { from: tenantId, to: freshIdentity().tenantId }
}

/** Replaces what a slot holds more often than it remembers. */
export async function savedOften(store: StateStore): Promise<{
  readonly identity: Required<RunIdentity>
  readonly saves: readonly NewStateRecord[]
}> {
  const identity = freshIdentity()
  const saves: NewStateRecord[] = []
  for (let index = 0; index < REMEMBERED_EVENT_IDS + 3; index += 1) {
    saves.push(await saveNew(store, { identity, kind: KIND }, `${index}`))
  }
  return { identity, saves }
}
