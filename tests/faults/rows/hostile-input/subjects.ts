import type { ArtifactStore } from '@harborage/artifacts'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type Identity,
  newEventId,
  type RunIdentity,
} from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import { defineSlot, type StateStore } from '@harborage/state'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { z } from 'zod'
import { callOn, subject, type Subject } from './subject.ts'

/** The stores of a worker; on files there are only artifacts. */
export interface Stores {
  readonly state: StateStore | undefined
  readonly memories: readonly MemoryStore[]
  readonly artifacts: ArtifactStore
}

const identity: Identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const run = { ...identity, runId: 'r1' }

/** The identity of the callers, before junk replaces it. */
export const caller: RunIdentity = run
const task = { ...identity, taskId: 't1' }
const maintenance = { maintenanceScoped: true }

/** Returns the public methods of all stores. */
export function methodsOf({ state, memories, artifacts }: Stores): Subject[] {
  return [
    ...(state === undefined ? [] : [...ofState(state), ...ofTypedSlot(state)]),
    ...memories.flatMap(ofMemory),
    ...ofArtifacts(artifacts),
  ]
}

function ofState(store: StateStore): Subject[] {
  const record = () => ({
    eventId: newEventId(),
    identity: run,
    kind: 'task.checkpoint',
    bytes: new Uint8Array([1, 2, 3]),
    version: 1,
    updatedAt: new Date(0),
  })
  return subjects(store, 'state', {
    save: () => [record(), { ifEventId: null }],
    saveIfEmpty: () => [record(), {}],
    load: () => [run, 'task.checkpoint', {}],
    loadMany: () => [
      [
        { identity: run, kind: 'task.checkpoint' },
        { identity, kind: 'task.lease' },
      ],
      {},
    ],
    loadOrThrow: () => [run, 'task.checkpoint', {}],
    loadByEventId: () => [identity, newEventId(), {}],
    loadByEventIdOrThrow: () => [identity, newEventId(), {}],
    delete: () => [run, 'task.checkpoint', { ifEventId: newEventId() }],
    deleteAll: () => [allOfSession(identity), {}],
    commit: () => [
      {
        expect: [{ identity: run, kind: 'task.lease', eventId: null }],
        save: [record()],
        saveIfEmpty: [{ ...record(), kind: 'task.first' }],
        delete: [{ identity: run, kind: 'task.old' }],
        deletePrefix: [{ identity: run, kindPrefix: 'old.' }],
      },
      {},
    ],
    list: () => [run, 'task.', { pageSize: 3, order: 'descending', limit: 7 }],
    listKeys: () => [run, '', { from: 'task.a', to: 'task.z' }],
    count: () => [run, 'task.', { from: 'task.a', to: 'task.z' }],
    listKind: () => [maintenance, 'task.', { pageSize: 3 }],
    sessions: () => [
      allOfUser({ tenantId: identity.tenantId, userId: identity.userId }),
      { pageSize: 3 },
    ],
    users: () => [allOfTenant({ tenantId: identity.tenantId }), { pageSize: 3 }],
    tenants: () => [maintenance, { pageSize: 3 }],
    runs: () => [identity, { pageSize: 3 }],
  }).map((subject) => ({
    ...subject,
    crossesIdentities: ['state.listKind', 'state.tenants'].includes(subject.name),
  }))
}

function ofTypedSlot(store: StateStore): Subject[] {
  const slot = defineSlot({ kind: 'typed', schema: z.object({ cents: z.number() }) })
  return [
    subject(
      'slot.load',
      () => [run, {}],
      (args) => callOn(slot, 'load', [store, ...args]),
    ),
    subject(
      'slot.loadMany',
      () => [[run, identity], {}],
      (args) => callOn(slot, 'loadMany', [store, ...args]),
    ),
    subject(
      'slot.loadWithEventId',
      () => [run, {}],
      (args) => callOn(slot, 'loadWithEventId', [store, ...args]),
    ),
    subject(
      'slot.save',
      () => [run, { cents: 7 }, { eventId: newEventId() }],
      (args) => callOn(slot, 'save', [store, ...args]),
    ),
    subject(
      'slot.saveIfEmpty',
      () => [run, { cents: 7 }, { eventId: newEventId() }],
      (args) => callOn(slot, 'saveIfEmpty', [store, ...args]),
    ),
    subject(
      'slot.delete',
      () => [run, {}],
      (args) => callOn(slot, 'delete', [store, ...args]),
    ),
    subject(
      'slot.update',
      () => [run, () => ({ cents: 8 }), { attempts: 2 }],
      // What the change throws is its own.
      ([whose, change, ...args]) =>
        callOn(slot, 'update', [
          store,
          whose,
          typeof change === 'function' ? () => ({ cents: 8 }) : change,
          ...args,
        ]),
    ),
    subject(
      'slot of no store',
      () => [{}, run, { cents: 7 }],
      // What only looks like a store may do as it likes.
      ([given, ...args]) => callOn(slot, 'save', [typeof given === 'object' ? {} : given, ...args]),
    ),
    ...subjects(slot, 'slot', {
      record: () => [run, { cents: 7 }, newEventId()],
      decode: () => [
        {
          eventId: newEventId(),
          identity: run,
          kind: 'typed',
          bytes: new Uint8Array([123, 125]),
          version: 0,
        },
      ],
    }),
    subject(
      'defineSlot',
      () => [{ kind: 'typed', schema: z.number(), version: 1 }],
      (args) => Reflect.apply(defineSlot, undefined, args),
    ),
  ]
}

/**
 * Returns the session of a memory store: stores with different strategies share no conversation.
 */
export function sessionOfMemory<Session extends Identity>(
  session: Session,
  store: number,
): Session {
  return { ...session, sessionId: `${session.sessionId} of memory ${store}` }
}

function ofMemory(store: MemoryStore, index: number): Subject[] {
  const ownRun = sessionOfMemory(run, index)
  return subjects(store, 'memory', {
    addTurn: () => [ownRun, goodTurn(), {}],
    getLlmContext: () => [ownRun, {}],
    estimateTokens: () => [ownRun, {}],
    compact: () => [ownRun, {}],
    health: () => [ownRun, {}],
    snapshot: () => [ownRun, {}],
    restore: () => [ownRun, { bytes: new Uint8Array() }, {}],
    convert: () => [ownRun, {}],
    delete: () => [ownRun, {}],
    forget: () => [ownRun, newEventId(), {}],
    settled: () => [ownRun],
    deleteAll: () => [allOfRun(ownRun), {}],
    sessions: () => [allOfUser({ tenantId: run.tenantId, userId: run.userId }), { pageSize: 3 }],
    users: () => [allOfTenant({ tenantId: run.tenantId }), { pageSize: 3 }],
    tenants: () => [maintenance, { pageSize: 3 }],
    runs: () => [sessionOfMemory(identity, index), { pageSize: 3 }],
  }).map((subject) => ({ ...subject, crossesIdentities: subject.name === 'memory.tenants' }))
}

function ofArtifacts(store: ArtifactStore): Subject[] {
  const { tenantId, userId } = identity
  const id = 'default_0123456789ab'
  const options = {
    namespace: 'tool',
    mimeType: 'text/csv',
    filename: 'rows.csv',
    source: { step: 1, deep: { wide: 'yes' } },
  }
  const ref = { id, namespace: 'default', scope: task, sha256: '0123456789ab' }
  const view = store.scoped(task)
  return [
    ...subjects(store, 'artifacts', {
      putBytes: () => [task, new Uint8Array([1, 2, 3]), options],
      putText: () => [task, 'a,b', options],
      get: () => [task, id, {}],
      getText: () => [task, id, {}],
      getRef: () => [task, id, {}],
      getRefs: () => [task, [id], {}],
      exists: () => [task, id, {}],
      delete: () => [task, id, {}],
      deleteAll: () => [allOfSession(identity), {}],
      sessions: () => [allOfUser({ tenantId, userId }), { pageSize: 3 }],
      users: () => [allOfTenant({ tenantId }), { pageSize: 3 }],
      list: () => [
        { ...task, namespace: 'tool' },
        {
          pageSize: 3,
          order: 'descending',
          limit: 9,
          from: 'tool_0',
          to: { scope: task, id: 'tool_f' },
        },
      ],
      scoped: () => [task],
    }),
    {
      ...subject(
        'artifacts.list',
        () => [{ namespace: 'tool' }, { maintenance }],
        (args) => callOn(store, 'list', args),
      ),
      crossesIdentities: true,
    },
    {
      ...subject(
        'artifacts.tenants',
        () => [maintenance, { pageSize: 3 }],
        (args) => callOn(store, 'tenants', args),
      ),
      crossesIdentities: true,
    },
    ...subjects(view, 'scoped', {
      putBytes: () => [new Uint8Array([1, 2, 3]), options],
      putText: () => ['a,b', options],
      get: () => [ref, {}],
      getText: () => [ref, {}],
      getRef: () => [ref, {}],
      getRefs: () => [[ref], {}],
      exists: () => [ref, {}],
      delete: () => [ref, {}],
      deleteAll: () => [{}],
      list: () => [{ pageSize: 3, order: 'descending', limit: 9, from: id, to: ref }],
      offload: () => [{ rows: { first: 'a' } }, { ...options, thresholdBytes: 3 }],
    }),
  ]
}

function subjects(
  target: object,
  name: string,
  good: Readonly<Record<string, Subject['good']>>,
): Subject[] {
  return Object.entries(good).map(([method, args]) =>
    subject(`${name}.${method}`, args, (given) => callOn(target, method, given)),
  )
}
