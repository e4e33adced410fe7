import {
  allOfSession,
  type CallOptions,
  type EventId,
  type Identity,
  type RunIdentity,
} from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { collect } from '../../support/collect.ts'
import { malformed } from '../../support/malformed.ts'

/** The arguments of all methods. Each method takes those that it needs. */
export interface MethodArguments {
  readonly identity: RunIdentity
  readonly kind: string
  readonly eventId: EventId
  readonly bytes: Uint8Array
  readonly options?: CallOptions
}

/** A method of the store that takes an identity. */
export interface StoreMethod {
  readonly name: string
  /** The arguments that it takes besides the session and the options. */
  readonly takes: readonly ('runId' | 'kind' | 'eventId' | 'bytes')[]
  /** Whether it takes a subtree in place of the identity. Default: `false`. */
  readonly takesSubtree?: boolean
  readonly call: (store: StateStore, given: MethodArguments) => Promise<unknown>
}

/** Every method of the store that takes an identity; `commit` once for each of its lists. */
export const storeMethods: readonly StoreMethod[] = [
  {
    name: 'save',
    takes: ['runId', 'kind', 'eventId', 'bytes'],
    call: (store, { options, ...record }) => store.save(record, options),
  },
  {
    name: 'saveIfEmpty',
    takes: ['runId', 'kind', 'eventId', 'bytes'],
    call: (store, { options, ...record }) => store.saveIfEmpty(record, options),
  },
  {
    name: 'load',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) => store.load(identity, kind, options),
  },
  {
    name: 'loadMany',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) => store.loadMany([{ identity, kind }], options),
  },
  {
    name: 'loadOrThrow',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) => store.loadOrThrow(identity, kind, options),
  },
  {
    name: 'loadByEventId',
    takes: ['eventId'],
    call: (store, { identity, eventId, options }) =>
      store.loadByEventId(identity, eventId, options),
  },
  {
    name: 'loadByEventIdOrThrow',
    takes: ['eventId'],
    call: (store, { identity, eventId, options }) =>
      store.loadByEventIdOrThrow(identity, eventId, options),
  },
  {
    name: 'delete',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) => store.delete(identity, kind, options),
  },
  {
    name: 'touch',
    takes: ['runId', 'kind', 'eventId'],
    call: (store, { identity, kind, eventId, options }) =>
      store.touch(identity, kind, withFields(options, { ifEventId: eventId, expiresAt: NEVER })),
  },
  {
    name: 'deleteAll',
    takes: [],
    takesSubtree: true,
    call: async (store, { identity, options }) => {
      return store.deleteAll(allOfSession(withoutRun(identity)), options)
    },
  },
  {
    name: 'prune',
    takes: [],
    takesSubtree: true,
    call: async (store, { identity, options }) => {
      return store.prune(allOfSession(withoutRun(identity)), options)
    },
  },
  {
    name: 'commit with an expectation',
    takes: ['runId', 'kind', 'eventId'],
    call: (store, { identity, kind, eventId, options }) =>
      store.commit({ expect: [{ identity, kind, eventId }] }, options),
  },
  {
    name: 'commit with a save',
    takes: ['runId', 'kind', 'eventId', 'bytes'],
    call: (store, { options, ...record }) => store.commit({ save: [record] }, options),
  },
  {
    name: 'commit with a delete',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) =>
      store.commit({ delete: [{ identity, kind }] }, options),
  },
  {
    name: 'commit with a save into an empty slot',
    takes: ['runId', 'kind', 'eventId', 'bytes'],
    call: (store, { options, ...record }) => store.commit({ saveIfEmpty: [record] }, options),
  },
  {
    name: 'commit with a prefix',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) =>
      store.commit({ deletePrefix: [{ identity, kindPrefix: kind }] }, options),
  },
  {
    name: 'lease',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) =>
      store.lease(identity, kindOfLease(kind), withFields(options, { ttlMs: 60_000 })),
  },
  {
    name: 'list',
    takes: ['runId', 'kind'],
    call: async (store, { identity, kind, options }) =>
      collect(store.list(identity, kind, options)),
  },
  {
    name: 'listKeys',
    takes: ['runId', 'kind'],
    call: async (store, { identity, kind, options }) =>
      collect(store.listKeys(identity, kind, options)),
  },
  {
    name: 'count',
    takes: ['runId', 'kind'],
    call: (store, { identity, kind, options }) => store.count(identity, kind, options),
  },
]

/** A date that no clock reaches. */
const NEVER = new Date(8.64e15)

/** Adds fields to options, with all that they inherit. What is no options stays as it is. */
function withFields<Fields extends object>(
  options: CallOptions | undefined,
  fields: Fields,
): CallOptions & Fields {
  if (options === undefined) return fields
  if (!('signal' in options)) return malformed(options)
  const prototype: unknown = Object.getPrototypeOf(options)
  const all = { ...options, ...fields }
  Object.setPrototypeOf(all, malformed<object>(prototype))
  return all
}

/** Returns a kind that no record has, since a lease is refused where there is one. */
function kindOfLease(kind: string): string {
  return typeof kind === 'string' && kind !== '' ? `${kind}.lease` : kind
}

/** Removes the `runId`, which `allOfSession` rejects, from an identity that may be malformed. */
function withoutRun(identity: RunIdentity): Identity {
  if (typeof identity !== 'object' || identity === null) return identity
  const { runId: _, ...session } = identity
  return session
}
