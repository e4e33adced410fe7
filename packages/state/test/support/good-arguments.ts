import { allOfRun, allOfTenant, allOfUser, newEventId, type RunIdentity } from '@harborage/core'
import type { DumpedSlot, NewStateRecord } from '@harborage/state'

export const identity: Required<RunIdentity> = {
  tenantId: 'acme',
  userId: 'ann',
  sessionId: 's1',
  runId: 'r1',
}

export function goodRecord(): NewStateRecord {
  return {
    eventId: newEventId(),
    identity,
    kind: 'task.checkpoint',
    bytes: new Uint8Array([1, 2, 3]),
    version: 1,
    updatedAt: new Date(0),
  }
}

function goodDumpedSlot(): DumpedSlot {
  const date = new Date(0)
  const { bytes } = goodRecord()
  const slot = { identity, kind: 'task.dumped', eventId: newEventId(), bytes }
  const dates = { updatedAt: date, createdAt: date, expiresAt: undefined }
  return { ...slot, version: 1, ...dates, replaced: ['abcdefghijk'] }
}

/** Returns arguments with which each method succeeds or finds nothing. */
export function goodArguments(): Record<Method, unknown[]> {
  const record = goodRecord()
  const { kind } = record
  const { tenantId, userId, sessionId } = identity
  return {
    save: [record, {}],
    saveIfEmpty: [record, {}],
    load: [identity, kind, {}],
    loadMany: [[{ identity, kind }], {}],
    loadOrThrow: [identity, kind, {}],
    loadByEventId: [identity, record.eventId, {}],
    loadByEventIdOrThrow: [identity, record.eventId, {}],
    delete: [identity, kind, {}],
    touch: [identity, kind, { ifEventId: record.eventId, expiresAt: new Date(1) }],
    deleteAll: [allOfRun(identity), {}],
    prune: [allOfRun(identity), {}],
    commit: [
      {
        expect: [{ identity, kind: 'task.lease', eventId: null }],
        save: [record],
        saveIfEmpty: [{ ...goodRecord(), kind: 'task.first' }],
        delete: [{ identity, kind: 'task.old' }],
        deletePrefix: [{ identity, kindPrefix: 'old.' }],
      },
      {},
    ],
    lease: [identity, 'task.lease', { ttlMs: 60_000 }],
    list: [identity, 'task.', {}],
    listKeys: [identity, 'task.', {}],
    count: [identity, 'task.', {}],
    listKind: [{ maintenanceScoped: true }, 'task.', {}],
    dump: [{ maintenanceScoped: true }, {}],
    loadDump: [{ maintenanceScoped: true }, [goodDumpedSlot()], {}],
    sessions: [allOfUser({ tenantId, userId }), {}],
    users: [allOfTenant({ tenantId }), {}],
    tenants: [{ maintenanceScoped: true }, {}],
    runs: [{ tenantId, userId, sessionId }, {}],
  }
}

export const methods = [
  'save',
  'saveIfEmpty',
  'load',
  'loadMany',
  'loadOrThrow',
  'loadByEventId',
  'loadByEventIdOrThrow',
  'delete',
  'touch',
  'deleteAll',
  'prune',
  'commit',
  'lease',
  'list',
  'listKeys',
  'count',
  'listKind',
  'dump',
  'loadDump',
  'sessions',
  'users',
  'tenants',
  'runs',
] as const

/** A method of a store that takes arguments. */
export type Method = (typeof methods)[number]
