import { newEventId, type RunIdentity } from '@harborage/core'
import type { NewStateRecord } from '@harborage/state'

import type { Method } from './call-with-anything.ts'

export const identity: RunIdentity = {
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

/** Returns arguments with which each method succeeds or finds nothing. */
export function goodArguments(): Record<Method, unknown[]> {
  const record = goodRecord()
  const { kind } = record
  return {
    save: [record, {}],
    load: [identity, kind, {}],
    loadOrThrow: [identity, kind, {}],
    loadByEventId: [identity, record.eventId, {}],
    loadByEventIdOrThrow: [identity, record.eventId, {}],
    delete: [identity, kind, {}],
    deleteScope: [identity, {}],
    commit: [
      {
        expect: [{ identity, kind: 'task.lease', eventId: null }],
        save: [record],
        delete: [{ identity, kind: 'task.old' }],
      },
      {},
    ],
    list: [identity, 'task.', {}],
    listKind: [{ maintenanceScoped: true }, 'task.', {}],
  }
}

export const methods: readonly Method[] = [
  'save',
  'load',
  'loadOrThrow',
  'loadByEventId',
  'loadByEventIdOrThrow',
  'delete',
  'deleteScope',
  'commit',
  'list',
  'listKind',
]

/**
 * Returns good arguments with the value at a place, such as `[0, 'identity', 'tenantId']`,
 * replaced.
 */
export function argumentsWith(method: Method, place: Place, value: unknown): unknown[] {
  const [argument, ...inner] = place
  return goodArguments()[method].map((each, index) =>
    index === argument ? withValueAt(each, inner, value) : each,
  )
}

function withValueAt(whole: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((each: unknown, index) =>
      index === key ? withValueAt(each, rest, value) : each,
    )
  }
  const inner: unknown = Reflect.get(Object(whole), key)
  return { ...Object(whole), [key]: withValueAt(inner, rest, value) }
}

/** Returns every place in the arguments of a method. */
export function placesIn(args: unknown, place: readonly (string | number)[] = []): Place[] {
  if (typeof args !== 'object' || args === null || isLeaf(args)) return [place]
  const keys = Array.isArray(args) ? [...args.keys()] : Object.keys(args)
  const inner = keys.flatMap((key) => placesIn(Reflect.get(args, key), [...place, key]))
  return place.length === 0 ? inner : [place, ...inner]
}

/** A path into the arguments of a method. */
export type Place = readonly (string | number)[]

function isLeaf(value: object): boolean {
  return value instanceof Uint8Array || value instanceof Date
}
