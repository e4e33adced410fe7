import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type HarborageError,
} from '@harborage/core'
import {
  checkIdentity,
  checkOwner,
  checkRunIdentity,
  checkSubtree,
  checkWideOwner,
  ownerAt,
} from '@harborage/core/kit'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

const ann = { tenantId: 'acme', userId: 'ann' }
const acme = { tenantId: 'acme' }
const session = { ...ann, sessionId: 's1' }
const run = { ...session, runId: 'r1' }

/** Calls a function with an argument that its type does not allow. */
function failure(call: (given: never) => unknown, given: unknown): Promise<HarborageError> {
  return failureOf(() => call(given as never))
}

describe('an owner', () => {
  test('has the parts that it lacks as empty ones', () => {
    expect(userOwner(ann)).toEqual({ ...ann, sessionId: '', runId: '' })
    expect(tenantOwner(acme)).toEqual({
      tenantId: 'acme',
      userId: '',
      sessionId: '',
      runId: '',
    })
  })

  test('is frozen, and so is the checked one, which is an owner again', () => {
    for (const owner of [userOwner(ann), tenantOwner(acme)]) {
      const checked = checkOwner(owner)
      expect([owner, checked].every(Object.isFrozen)).toBe(true)
      expect(checkOwner(checkOwner(checked))).toEqual(owner)
    }
  })

  test('may be made of itself', () => {
    expect(userOwner(userOwner(ann))).toEqual(userOwner(ann))
    expect(tenantOwner(tenantOwner(acme))).toEqual(tenantOwner(acme))
  })

  test.each([userOwner, allOfUser])('of a user needs both parts and no other: %o', async (make) => {
    expect((await failure(make, undefined)).code).toBe('identity_required')
    expect((await failure(make, { tenantId: 'acme' })).code).toBe('identity_required')
    expect((await failure(make, { ...ann, userId: '' })).code).toBe('identity_required')
    expect((await failure(make, tenantOwner(acme))).code).toBe('identity_required')
    expect((await failure(make, session)).code).toBe('invalid_identity')
    expect((await failure(make, { ...ann, sessionId: '' })).code).toBe('invalid_identity')
    expect((await failure(make, { ...ann, userId: 'a\0' })).code).toBe('invalid_identity')
  })

  test.each([tenantOwner, allOfTenant])(
    'of a tenant needs the tenant and nothing else: %o',
    async (make) => {
      expect((await failure(make, undefined)).code).toBe('identity_required')
      expect((await failure(make, {})).code).toBe('identity_required')
      expect((await failure(make, ann)).code).toBe('invalid_identity')
      expect((await failure(make, userOwner(ann))).code).toBe('invalid_identity')
      expect((await failure(make, { tenantId: 7 })).code).toBe('invalid_identity')
    },
  )

  test('is a run or a session, too', () => {
    expect(checkOwner(run)).toEqual(run)
    expect(checkOwner(session)).toEqual({ ...session, runId: '' })
  })

  test('is not what only looks like one', async () => {
    const owner = userOwner(ann)
    for (const copy of [{ ...owner }, structuredClone(owner), JSON.parse(JSON.stringify(owner))]) {
      expect((await failure(checkOwner, copy)).code).toBe('identity_required')
    }
    expect((await failure(checkOwner, Object.create(owner))).code).toBe('identity_required')
    expect((await failure(checkOwner, ann)).code).toBe('identity_required')
  })

  test('is no session and no run for calls that take those', async () => {
    for (const owner of [userOwner(ann), tenantOwner(acme)]) {
      for (const check of [checkIdentity, checkRunIdentity, allOfSession, allOfRun]) {
        expect((await failure(check, owner)).code).toBe('identity_required')
      }
    }
  })

  test('becomes a session if one is added to its parts', () => {
    expect(checkOwner({ ...userOwner(ann), sessionId: 's1' })).toEqual({ ...session, runId: '' })
  })

  test.each([
    ['a session', { sessionId: 's1' }],
    ['a run', { runId: 'r1' }],
    ['a task', { taskId: 't1' }],
    ['an unknown part', { runID: 'r1' }],
    ['a malformed user', { userId: 'a\0' }],
  ])('that pretends to have %s is rejected', async (_, part) => {
    const forged = { ...userOwner(ann), ...part }
    Object.defineProperty(forged, Symbol.for('harborage.owner'), { value: 'user' })
    expect((await failure(checkOwner, forged)).code).toBe('invalid_identity')
  })

  test('of stored parts is accepted again', () => {
    for (const owner of [run, session, userOwner(ann), tenantOwner(acme)]) {
      const stored = { ...checkOwner(owner) }
      expect(checkOwner(ownerAt(stored))).toEqual(stored)
    }
  })

  test('of a store of tasks keeps its task, and is one wherever an owner is taken', () => {
    const stored = { ...ann, sessionId: '', taskId: '' }
    const owner = ownerAt(stored)
    expect(owner).toEqual(stored)
    expect(Object.isFrozen(owner)).toBe(true)
    expect(checkOwner(owner)).toEqual(userOwner(ann))
    expect(allOfUser(owner)).toEqual(allOfUser(ann))
  })

  test('that is wide is told from every other one', () => {
    expect(checkWideOwner(userOwner(ann))).toEqual(userOwner(ann))
    expect(checkWideOwner(tenantOwner(acme))).toEqual(tenantOwner(acme))
    for (const other of [session, run, { ...userOwner(ann) }, allOfUser(ann), [], {}]) {
      expect(checkWideOwner(other)).toBeUndefined()
    }
  })
})

describe('a subtree', () => {
  const subtrees = [allOfRun(run), allOfSession(session), allOfUser(ann), allOfTenant(acme)]

  test('has its level, and the parts that it does not need as empty ones', () => {
    expect(subtrees).toEqual([
      { level: 'run', ...run },
      { level: 'session', ...session, runId: '' },
      { level: 'user', ...ann, sessionId: '', runId: '' },
      { level: 'tenant', tenantId: 'acme', userId: '', sessionId: '', runId: '' },
    ])
  })

  test('is frozen, and so is the checked one', () => {
    for (const subtree of subtrees) {
      expect(Object.isFrozen(subtree)).toBe(true)
      expect(checkSubtree(subtree)).toEqual(subtree)
      expect(Object.isFrozen(checkSubtree(subtree))).toBe(true)
    }
  })

  test('may be made of the owner of a user or a tenant', () => {
    expect(allOfUser(userOwner(ann))).toEqual(allOfUser(ann))
    expect(allOfTenant(tenantOwner(acme))).toEqual(allOfTenant(acme))
  })

  test('of a run names one', async () => {
    for (const given of [session, { ...session, runId: undefined }, { ...session, runId: '' }]) {
      const error = await failure(allOfRun, given)
      expect(error.code).toBe('identity_required')
      expect(error.message).toContain('allOfSession()')
    }
  })

  test('of a session names no run', async () => {
    for (const given of [run, { ...session, runId: '' }]) {
      expect((await failure(allOfSession, given)).code).toBe('invalid_identity')
    }
  })

  test('is nothing that only looks like one, and no identity', async () => {
    const subtree = allOfUser(ann)
    for (const given of [undefined, 7, ann, session, userOwner(ann), { ...subtree }, revoked()]) {
      const error = await failure(checkSubtree, given)
      expect(error.code).toBe('subtree_required')
      expect(error.message).toContain('allOfRun() or allOfSession() or allOfUser()')
    }
  })

  test('of another level than the call takes is rejected', async () => {
    const error = await failureOf(() => checkSubtree(allOfUser(ann), ['tenant']))
    expect(error.code).toBe('subtree_required')
    expect(error.message).toContain('allOfTenant()')
  })

  test('is no owner', async () => {
    for (const subtree of subtrees) {
      expect((await failure(checkOwner, subtree)).code).toMatch(
        /^(identity_required|invalid_identity)$/,
      )
    }
  })

  test('that pretends to be another is rejected', async () => {
    for (const part of [{ level: 'all' }, { tenantId: '' }, { userId: '' }]) {
      const forged = { ...allOfUser(ann), ...part }
      Object.defineProperty(forged, Symbol.for('harborage.subtree'), { value: true })
      expect((await failure(checkSubtree, forged)).code).toMatch(/_required$/)
    }
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
