import { AsyncLocalStorage } from 'node:async_hooks'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { tenantOwner, userOwner } from '../src/identity.ts'
import { bindOwner, bindUser, type User } from '../src/adapter/owner-option.ts'

const ann = { tenantId: 'acme', userId: 'ann' }

describe.each([
  ['a saver', bindUser],
  ['a store', bindOwner],
])('the owner of %s', (_, bind) => {
  test('is a user, whether made by userOwner or not', () => {
    expect(bind(ann)()).toEqual(userOwner(ann))
    expect(bind(userOwner(ann))()).toEqual(userOwner(ann))
  })

  test('does not change with the object that was passed', () => {
    const passed = { ...ann }
    const owner = bind(passed)
    passed.userId = 'bob'
    expect(owner().userId).toBe('ann')
  })

  test('is that of the current request if it is a function', () => {
    const request = new AsyncLocalStorage<User>()
    const owner = bind(() => request.getStore() ?? { tenantId: '', userId: '' })
    expect(request.run(ann, owner).userId).toBe('ann')
    expect(request.run({ tenantId: 'acme', userId: 'bob' }, owner).userId).toBe('bob')
    expect(owner).toThrow(/identity.tenantId is missing/)
  })

  test.each([
    ['nothing', undefined, 'identity_required'],
    ['null', null, 'identity_required'],
    ['a text', 'ann', 'identity_required'],
    ['a user without a tenant', { userId: 'ann' }, 'identity_required'],
    ['a tenant whose user was lost', { tenantId: 'acme', userId: undefined }, 'identity_required'],
    ['a tenant with an empty user', { tenantId: 'acme', userId: '' }, 'identity_required'],
    ['a tenant that tenantOwner did not make', { tenantId: 'acme' }, 'identity_required'],
    ['a session', { ...ann, sessionId: 's1' }, 'invalid_identity'],
    ['a promise', Promise.resolve(ann), 'identity_required'],
  ])('is never %s', async (_what, owner, code) => {
    expect((await failureOf(() => call(bind, owner))).code).toBe(code)
    const returned = call(bind, () => owner)
    expect((await failureOf(() => call(returned))).code).toBe(code)
  })

  test('passes on what its function throws', () => {
    const noRequest = new Error('no request')
    const owner = bind(() => {
      throw noRequest
    })
    expect(owner).toThrow(noRequest)
  })
})

test('a tenant owns the items of a store, and no threads', async () => {
  const acme = tenantOwner({ tenantId: 'acme' })
  expect(bindOwner(acme)()).toEqual(acme)
  expect((await failureOf(() => bindUser(acme))).code).toBe('identity_required')
})

test('a copy of a tenant that went through JSON owns nothing', async () => {
  const copy: unknown = JSON.parse(JSON.stringify(tenantOwner({ tenantId: 'acme' })))
  expect((await failureOf(() => call(bindOwner, copy))).code).toBe('invalid_identity')
})

/** Calls a function as code without types could. */
function call(target: unknown, ...args: readonly unknown[]): unknown {
  if (typeof target !== 'function') throw new Error('this is no function')
  return Reflect.apply(target, undefined, args)
}
