import assert from 'node:assert/strict'
import {
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Identity,
  type Owner,
  type PageOptions,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidPageSizes } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { kindsInByteOrder } from './support/kind-examples.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

const KIND = 'task.checkpoint'
const maintenance = { maintenanceScoped: true } as const

/** Registers the cases of S16: walks of the distinct tenants, users, sessions and runs. */
export function directory({ it }: StateCases): void {
  it('S16 sessions, users, tenants and runs yield each once, also one that owns much', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const ann = { tenantId, userId: 'ann' }
    const bob = { tenantId, userId: 'bob' }
    const s1 = { ...ann, sessionId: 's1' }
    const s2 = { ...ann, sessionId: 's2' }
    const s3 = { ...bob, sessionId: 's1' }
    const r1 = { ...s1, runId: 'r1' }
    const r2 = { ...s1, runId: 'r2' }
    await saveTwice(store, [s1, r1, r2, s3, { ...s2, runId: 'r1' }])
    assert.deepEqual(await collect(store.sessions(allOfUser(ann))), [s1, s2])
    assert.deepEqual(await collect(store.sessions(allOfTenant({ tenantId }))), [s1, s2, s3])
    assert.deepEqual(await userIds(store, tenantId), ['ann', 'bob'])
    assert.equal((await tenantIds(store, tenantId)).length, 1)
    assert.deepEqual(await collect(store.runs(s1)), [r1, r2])
    assert.deepEqual(await collect(store.runs(s3)), [])
  })

  it('S16 what belongs to a wider owner is no session and no run, but has a user and a tenant', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const ann = { tenantId, userId: 'ann' }
    const session = { ...ann, sessionId: 's1' }
    await saveTwice(store, [tenantOwner({ tenantId })])
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.equal((await tenantIds(store, tenantId)).length, 1)
    await saveTwice(
      store,
      ['aaa', 'ann', 'zoe'].map((userId) => userOwner({ tenantId, userId })),
    )
    assert.deepEqual(await userIds(store, tenantId), ['aaa', 'ann', 'zoe'])
    for (const pageSize of [1, 100]) {
      assert.deepEqual(await collect(store.sessions(allOfTenant({ tenantId }), { pageSize })), [])
    }
    await saveTwice(store, [session])
    for (const pageSize of [1, 100]) {
      const options = { pageSize }
      assert.deepEqual(await collect(store.sessions(allOfUser(ann), options)), [session])
      const all = await collect(store.sessions(allOfTenant({ tenantId }), options))
      assert.deepEqual(all, [session])
    }
    assert.deepEqual(await collect(store.runs(session)), [])
  })

  it('S16 what the walks yield is accepted as an owner and by the functions of subtrees', async ({
    store,
  }) => {
    const run = freshIdentity()
    const { tenantId, userId } = run
    await saveTwice(store, [run, userOwner({ tenantId, userId }), tenantOwner({ tenantId })])
    for await (const user of store.users(allOfTenant({ tenantId }))) {
      assert.equal((await store.loadOrThrow(user, KIND)).identity.sessionId, '')
      for await (const session of store.sessions(allOfUser(user))) {
        assert.equal(await store.load(session, KIND), undefined)
        for await (const each of store.runs(session)) await store.loadOrThrow(each, KIND)
        assert.equal((await store.deleteAll(allOfSession(session))).deleted, 2)
      }
    }
    const [tenant = tenantOwner({ tenantId: 'none' })] = await tenantIds(store, tenantId)
    assert.equal((await store.loadOrThrow(tenant, KIND)).identity.userId, '')
    assert.equal((await store.deleteAll(allOfTenant(tenant))).deleted, 4)
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.deepEqual(await tenantIds(store, tenantId), [])
  })

  it('S16 names are walked in the order of their bytes, in pages of any size', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const names = kindsInByteOrder('n')
    const of = (userId: string, sessionId: string, runId: string): RunIdentity => {
      return { tenantId, userId, sessionId, runId }
    }
    await saveAll(store, [
      ...names.map((name) => of(name, 's', 'r')),
      ...names.map((name) => of('user', name, 'r')),
      ...names.map((name) => of('user', 'session', name)),
    ])
    const user = { tenantId, userId: 'user' }
    const userNames = [...names, 'user'].toSorted(compareBytes)
    const sessionNames = [...names, 'session'].toSorted(compareBytes)
    const ofEach = userNames.flatMap((name) => (name === 'user' ? sessionNames : ['s']))
    for (const options of [{ pageSize: 1 }, { pageSize: 3 }, { pageSize: 100 }, {}]) {
      assert.deepEqual(await userIds(store, tenantId, options), userNames)
      const ofUser = await collect(store.sessions(allOfUser(user), options))
      assert.deepEqual(ofUser.map(sessionIdOf), sessionNames)
      const ofTenant = await collect(store.sessions(allOfTenant({ tenantId }), options))
      assert.deepEqual(ofTenant.map(sessionIdOf), ofEach)
      const runs = await collect(store.runs({ ...user, sessionId: 'session' }, options))
      assert.deepEqual(
        runs.map(({ runId }) => runId),
        names,
      )
    }
  })

  it('S16 tenants are walked in the order of their bytes', async ({ store }) => {
    const prefix = freshIdentity().tenantId
    const names = kindsInByteOrder(`${prefix}.`)
    await saveAll(
      store,
      names.map((tenantId) => tenantOwner({ tenantId })),
    )
    const tenants = await tenantIds(store, `${prefix}.`)
    assert.deepEqual(
      tenants.map(({ tenantId }) => tenantId),
      names,
    )
  })

  it('S16 no walk leaves its subtree, however similar the names', async ({ store }) => {
    const names = similarNames(freshIdentity().tenantId)
    for (const name of names) {
      await saveNew(store, { identity: owning(name, name, name), kind: KIND })
    }
    for (const name of names) {
      const own = { tenantId: name, userId: name, sessionId: name }
      assert.deepEqual(await collect(store.runs(own)), [owning(name, name, name)])
      const user = { tenantId: name, userId: name }
      assert.deepEqual(await collect(store.sessions(allOfUser(user))), [own])
      assert.deepEqual(await userIds(store, name), [name])
    }
    const [tenantId = ''] = names
    const users = names.map((userId) => owning(tenantId, userId, `${userId}.s`))
    await saveAll(store, users)
    for (const { userId, sessionId } of users.slice(1)) {
      const found = await collect(store.sessions(allOfUser({ tenantId, userId })))
      assert.deepEqual(found.map(sessionIdOf), [sessionId])
      assert.equal((await collect(store.runs({ tenantId, userId, sessionId }))).length, 1)
    }
  })

  it('S16 what was deleted is not walked', async ({ store }) => {
    const run = freshIdentity()
    const { runId: _, ...session } = run
    const { tenantId, userId } = run
    await saveTwice(store, [run])
    await store.delete(run, `${KIND}.2`)
    assert.equal((await collect(store.runs(session))).length, 1)
    await store.delete(run, KIND)
    assert.deepEqual(await collect(store.runs(session)), [])
    assert.deepEqual(await collect(store.sessions(allOfUser({ tenantId, userId }))), [])
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.deepEqual(await tenantIds(store, tenantId), [])
  })

  it('S16 an abort ends a walk with its reason before the next owner, and a close at the next page', async ({
    store,
  }) => {
    const { runId: _, ...session } = freshIdentity()
    const { tenantId } = session
    const several = ['a', 'b', 'c'].flatMap((name) => [
      { ...session, runId: name },
      { ...session, sessionId: name },
      { ...session, userId: name },
      tenantOwner({ tenantId: `${tenantId}-${name}` }),
    ])
    await saveAll(store, several)
    const reason = new Error('the user left')
    for (const pageSize of [1, 2]) {
      const controller = new AbortController()
      const walks = walksOf(store, session)({ pageSize, signal: controller.signal })
      const iterators = walks.map((walk) => walk[Symbol.asyncIterator]())
      for (const each of iterators) assert.notEqual((await each.next()).done, true)
      controller.abort(reason)
      for (const each of iterators) assert.equal(await rejectionOf(() => each.next()), reason)
    }
    const left = walksOf(
      store,
      session,
    )({ pageSize: 1 }).map((walk) => walk[Symbol.asyncIterator]())
    for (const each of left) assert.notEqual((await each.next()).done, true)
    await store.close()
    for (const each of left) await assertFails('store_closed', () => each.next())
  })

  it('S16 a walk rejects what is no subtree, session or maintenance scope, at once', async ({
    store,
  }) => {
    const run = freshIdentity()
    const { runId: _, ...session } = run
    const { tenantId, userId } = run
    const owner = userOwner({ tenantId, userId })
    const narrow = allOfSession(session)
    for (const given of [undefined, run, session, owner, { tenantId }, narrow, { ...narrow }]) {
      const subtree = malformed<Subtree<'tenant'>>(given)
      await assertFails('subtree_required', () => store.sessions(subtree))
      await assertFails('subtree_required', () => store.users(subtree))
    }
    const ofUser = malformed<Subtree<'tenant'>>(allOfUser({ tenantId, userId }))
    await assertFails('subtree_required', () => store.users(ofUser))
    for (const given of [undefined, {}, session, { maintenanceScoped: 'true' }]) {
      const scope = malformed<typeof maintenance>(given)
      await assertFails('maintenance_scope_required', () => store.tenants(scope))
    }
    await assertFails('identity_required', () => store.runs(malformed<Identity>(owner)))
    await assertFails('invalid_identity', () => store.runs(malformed<Identity>(run)))
    for (const pageSize of invalidPageSizes) {
      const options = { pageSize: malformed<number>(pageSize) }
      await assertFails('invalid_record', () => store.sessions(allOfTenant({ tenantId }), options))
      await assertFails('invalid_record', () => store.users(allOfTenant({ tenantId }), options))
      await assertFails('invalid_record', () => store.tenants(maintenance, options))
      await assertFails('invalid_record', () => store.runs(session, options))
    }
    await store.close()
    await assertFails('store_closed', () => store.sessions(malformed<Subtree<'tenant'>>({})))
    await assertFails('store_closed', () => store.tenants(malformed<typeof maintenance>({})))
  })
}

/** Returns a function that begins all walks of the directory around a session. */
function walksOf(store: StateStore, { tenantId, userId, sessionId }: Identity) {
  return (options: PageOptions): readonly AsyncIterable<unknown>[] => [
    store.tenants(maintenance, options),
    store.users(allOfTenant({ tenantId }), options),
    store.sessions(allOfUser({ tenantId, userId }), options),
    store.sessions(allOfTenant({ tenantId }), options),
    store.runs({ tenantId, userId, sessionId }, options),
  ]
}

function owning(tenantId: string, userId: string, sessionId: string): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId: 'run' }
}

/** Saves two kinds for each owner. */
async function saveTwice(store: StateStore, owners: readonly Owner[]): Promise<void> {
  for (const identity of owners) {
    await saveNew(store, { identity, kind: KIND })
    await saveNew(store, { identity, kind: `${KIND}.2` })
  }
}

/** Saves a record for each owner, a commit for each tenant. */
async function saveAll(store: StateStore, owners: readonly Owner[]): Promise<void> {
  await Promise.all(owners.map((identity) => store.save(newRecord({ identity, kind: KIND }))))
}

async function userIds(
  store: StateStore,
  tenantId: string,
  options?: PageOptions,
): Promise<string[]> {
  const users = await collect(store.users(allOfTenant({ tenantId }), options))
  return users.map(({ userId }) => userId)
}

/** Resolves to the tenants whose names begin with a prefix. Those of other cases are left out. */
async function tenantIds(store: StateStore, prefix: string) {
  const tenants = await collect(store.tenants(maintenance, { pageSize: 1_000 }))
  return tenants.filter(({ tenantId }) => tenantId.startsWith(prefix))
}

function sessionIdOf({ sessionId }: Identity): string {
  return sessionId
}
