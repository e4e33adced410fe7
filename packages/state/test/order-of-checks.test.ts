import { allOfRun, allOfTenant, allOfUser, userOwner } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'
import {
  goodRecord,
  identity as goodIdentity,
  methods,
  type Method,
} from './support/good-arguments.ts'

const goodUser = { tenantId: 'acme', userId: 'ann' }

/** Returns arguments that are malformed except for the given identity. */
function malformedExcept(method: Method, identity: unknown): unknown[] {
  const options = { signal: 7, ifEventId: 7, pageSize: 0 }
  const record = { identity, eventId: 7, kind: 7, bytes: 7 }
  if (['save', 'saveIfEmpty'].includes(method)) return [record, options]
  if (method === 'loadMany') return [[record], options]
  if (method === 'commit') return [{ save: [record] }, options]
  if (withoutKind.has(method)) return [identity, options]
  return [identity, 7, options]
}

const walks = ['dump', 'sessions', 'users', 'tenants', 'runs'] as const
const withoutKind: ReadonlySet<Method> = new Set(['deleteAll', 'prune', ...walks])

/** What each method takes first, if it is no identity. */
const firstArguments: { readonly [Each in Method]?: unknown } = {
  listKind: { maintenanceScoped: true },
  dump: { maintenanceScoped: true },
  loadDump: { maintenanceScoped: true },
  deleteAll: allOfRun(goodIdentity),
  prune: allOfRun(goodIdentity),
  sessions: allOfUser(goodUser),
  users: allOfTenant({ tenantId: 'acme' }),
  tenants: { maintenanceScoped: true },
}

const methodsWithIdentity = methods.filter((method) => firstArguments[method] === undefined)

const session = { ...goodUser, sessionId: 's1' }

describe('each method checks first that the store is open', () => {
  test.each(methods)('%s', async (method) => {
    const store = await openStateStore()
    await store.close()
    const error = await failureOf(() => callUnchecked(store, method))
    expect(error.code).toBe('store_closed')
    expect(error.message).toContain('open a new one')
  })
})

describe('each method checks the identity before its other arguments', () => {
  test.each(methodsWithIdentity)('%s', async (method) => {
    await using store = await openStateStore()
    for (const [identity, code] of [
      [undefined, 'identity_required'],
      [{ tenantId: 'acme', userId: '', sessionId: 's1' }, 'identity_required'],
      [{ tenantId: 'acme', userId: 'ann\0', sessionId: 's1' }, 'invalid_identity'],
    ]) {
      const args = malformedExcept(method, identity)
      const error = await failureOf(() => callUnchecked(store, method, ...args))
      expect(error.code).toBe(code)
    }
  })

  test('commit, of all its entries', async () => {
    await using store = await openStateStore()
    const malformed = { ...goodRecord(), bytes: 7, kind: 7 }
    const incomplete = { identity: { tenantId: 'acme' }, kind: 'k' }
    for (const transaction of [
      { save: [malformed, incomplete] },
      { save: [malformed], delete: [incomplete] },
      { expect: [malformed], save: [incomplete] },
    ]) {
      const error = await failureOf(() => callUnchecked(store, 'commit', transaction))
      expect(error.code).toBe('identity_required')
    }
  })

  test.each([undefined, null, true, 'maintenanceScoped', {}, { maintenanceScoped: 1 }])(
    'listKind, dump and loadDump, of the maintenance scope, which %j is not',
    async (scope) => {
      await using store = await openStateStore()
      for (const method of ['listKind', 'dump', 'loadDump'] as const) {
        const args = malformedExcept(method, scope)
        const error = await failureOf(() => callUnchecked(store, method, ...args))
        expect(error.code).toBe('maintenance_scope_required')
      }
    },
  )
})

test.each([undefined, goodIdentity, { ...allOfRun(goodIdentity) }, userOwner(goodUser)])(
  'deleteAll, prune, sessions and users check first that they were given a subtree, which %j is not',
  async (given) => {
    await using store = await openStateStore()
    for (const [method, advice] of [
      ['deleteAll', 'allOfSession()'],
      ['prune', 'allOfSession()'],
      ['sessions', 'allOfUser()'],
      ['users', 'allOfTenant()'],
    ] as const) {
      const error = await failureOf(() =>
        callUnchecked(store, method, ...malformedExcept(method, given)),
      )
      expect(error.code).toBe('subtree_required')
      expect(error.message).toContain(advice)
    }
  },
)

test.each(methods)('%s checks its other arguments last', async (method) => {
  await using store = await openStateStore()
  const owner = firstArguments[method] ?? (method === 'runs' ? session : goodIdentity)
  const error = await failureOf(() =>
    callUnchecked(store, method, ...malformedExcept(method, owner)),
  )
  expect(error.code).toBe('invalid_record')
})

test('every walk throws for a malformed argument when they are called, not at the first iteration', async () => {
  await using store = await openStateStore()
  expect(() => store.list(goodIdentity, '\0')).toThrow('kindPrefix')
  expect(() => store.listKeys(goodIdentity, '\0')).toThrow('kindPrefix')
  expect(() => store.listKind({ maintenanceScoped: true }, '')).toThrow('kindPrefix')
  const options = { pageSize: 0 }
  expect(() => store.sessions(allOfUser(goodUser), options)).toThrow('pageSize')
  expect(() => store.users(allOfTenant({ tenantId: 'acme' }), options)).toThrow('pageSize')
  expect(() => store.tenants({ maintenanceScoped: true }, options)).toThrow('pageSize')
  expect(() => store.runs(session, options)).toThrow('pageSize')
  expect(() => store.dump({ maintenanceScoped: true }, options)).toThrow('pageSize')
})
