import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { callWithAnything, type Method } from './support/call-with-anything.ts'
import { failureOf } from './support/failure-of.ts'
import { goodRecord, identity as goodIdentity, methods } from './support/good-arguments.ts'

/** Arguments of which everything after the identity is wrong. */
function spoiled(method: Method, identity: unknown): unknown[] {
  const options = { signal: 7, ifEventId: 7, pageSize: 0 }
  const record = { identity, eventId: 7, kind: 7, bytes: 7 }
  if (method === 'save') return [record, options]
  if (method === 'commit') return [{ save: [record] }, options]
  if (method === 'deleteScope') return [identity, options]
  return [identity, 7, options]
}

const methodsWithIdentity = methods.filter((method) => method !== 'listKind')

describe('each method checks first that the store is open', () => {
  test.each(methods)('%s', async (method) => {
    const store = await openStateStore()
    await store.close()
    const error = await failureOf(() => callWithAnything(store, method))
    expect(error.code).toBe('store_closed')
    expect(error.message).toContain('open a new one')
  })
})

describe('then the identity, before it looks at the rest', () => {
  test.each(methodsWithIdentity)('%s', async (method) => {
    await using store = await openStateStore()
    for (const [identity, code] of [
      [undefined, 'identity_required'],
      [{ tenantId: 'acme', userId: '', sessionId: 's1' }, 'identity_required'],
      [{ tenantId: 'acme', userId: 'ann\0', sessionId: 's1' }, 'invalid_identity'],
    ]) {
      const args = spoiled(method, identity)
      const error = await failureOf(() => callWithAnything(store, method, ...args))
      expect(error.code).toBe(code)
    }
  })

  test('the identities of all entries of a commit', async () => {
    await using store = await openStateStore()
    const spoiledRecord = { ...goodRecord(), bytes: 7, kind: 7 }
    const nobody = { identity: { tenantId: 'acme' }, kind: 'k' }
    for (const transaction of [
      { save: [spoiledRecord, nobody] },
      { save: [spoiledRecord], delete: [nobody] },
      { expect: [spoiledRecord], save: [nobody] },
    ]) {
      const error = await failureOf(() => callWithAnything(store, 'commit', transaction))
      expect(error.code).toBe('identity_required')
    }
  })

  test.each([undefined, null, true, 'maintenanceScoped', {}, { maintenanceScoped: 1 }])(
    'listKind the maintenance scope: %j is none',
    async (scope) => {
      await using store = await openStateStore()
      const args = spoiled('listKind', scope)
      const error = await failureOf(() => callWithAnything(store, 'listKind', ...args))
      expect(error.code).toBe('maintenance_scope_required')
    },
  )
})

test.each(methods)('then the rest: %s', async (method) => {
  await using store = await openStateStore()
  const owner = method === 'listKind' ? { maintenanceScoped: true } : goodIdentity
  const error = await failureOf(() => callWithAnything(store, method, ...spoiled(method, owner)))
  expect(error.code).toBe('invalid_record')
})

test('a walk is refused when it is asked for, not at its first step', async () => {
  await using store = await openStateStore()
  expect(() => store.list(goodIdentity, '')).toThrow('kindPrefix')
  expect(() => store.listKind({ maintenanceScoped: true }, '')).toThrow('kindPrefix')
})
