import assert from 'node:assert/strict'
import {
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Identity,
  type PageOptions,
  type Subtree,
} from '@harborage/core'
import type { ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes, textsInByteOrder } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { invalidPageSizes } from '../support/malformed-values.ts'
import { sessionOf } from '../support/session-of.ts'
import { similarNames } from '../support/similar-names.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

const maintenance = { maintenanceScoped: true } as const

/** Registers the cases of A9: walks of the distinct tenants, users and sessions. */
export function directory({ it }: ArtifactCases): void {
  it('A9 sessions, users and tenants yield each once, without the owners of wider artifacts', async ({
    store,
  }) => {
    const { tenantId } = freshScope()
    const [ann, bob] = ['ann', 'bob'].map((userId) => ({ tenantId, userId }))
    assert.ok(ann !== undefined && bob !== undefined)
    const [s1, s2, s3] = [
      { ...ann, sessionId: 's1' },
      { ...ann, sessionId: 's2' },
      { ...bob, sessionId: 's1' },
    ] as const
    await putTwice(store, [tenantOwner({ tenantId })])
    assert.deepEqual(await userIds(store, tenantId), [])
    const wide = ['aaa', 'ann', 'zoe'].map((userId) => userOwner({ tenantId, userId }))
    await putTwice(store, wide)
    assert.deepEqual(await userIds(store, tenantId), ['aaa', 'ann', 'zoe'])
    await putTwice(store, [s1, { ...s1, taskId: 't1' }, { ...s2, taskId: 't1' }, s3])
    for (const pageSize of [1, 100]) {
      const options = { pageSize }
      assert.deepEqual(await collect(store.sessions(allOfUser(ann), options)), [s1, s2])
      const all = await collect(store.sessions(allOfTenant({ tenantId }), options))
      assert.deepEqual(all, [s1, s2, s3])
      assert.deepEqual(await userIds(store, tenantId, options), ['aaa', 'ann', 'bob', 'zoe'])
    }
    assert.equal((await tenantsAt(store, tenantId)).length, 1)
  })

  it('A9 what the walks yield is a scope and makes subtrees, and is gone once it is deleted', async ({
    store,
  }) => {
    const scope = freshScope()
    const { tenantId, userId } = scope
    const session = sessionOf(scope)
    const [kept, deleted] = [await putNew(store, scope, 'a'), await putNew(store, scope, 'b')]
    await putTwice(store, [session, userOwner({ tenantId, userId }), tenantOwner({ tenantId })])
    assert.equal(await store.delete(scope, deleted.ref.id), true)
    for await (const user of store.users(allOfTenant({ tenantId }))) {
      assert.equal((await collect(store.list(user))).length, 2)
      for await (const each of store.sessions(allOfUser(user))) {
        assert.deepEqual(each, session)
        assert.equal(await store.exists({ ...each, taskId: scope.taskId }, kept.ref.id), true)
        assert.equal((await store.deleteAll(allOfSession(each))).deleted, 3)
      }
      assert.deepEqual(await collect(store.sessions(allOfUser(user))), [])
    }
    const [tenant = tenantOwner({ tenantId: 'none' })] = await tenantsAt(store, tenantId)
    assert.equal((await collect(store.list(tenant))).length, 2)
    assert.equal((await store.deleteAll(allOfTenant(tenant))).deleted, 4)
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.deepEqual(await tenantsAt(store, tenantId), [])
  })

  it('A9 tenants, users and sessions are walked in the order of their bytes', async ({ store }) => {
    const { tenantId } = freshScope()
    const names = orderedNames()
    const users = names.map((userId) => ({ tenantId, userId, sessionId: 's' }))
    const sessions = names.map((sessionId) => ({ tenantId, userId: 'user', sessionId }))
    const tenants = names.map((name) => tenantOwner({ tenantId: `${tenantId}.${name}` }))
    await Promise.all([...users, ...sessions, ...tenants].map((each) => putNew(store, each)))
    for (const pageSize of [1, 3, undefined]) {
      const options = pageSize === undefined ? {} : { pageSize }
      const found = await userIds(store, tenantId, options)
      assert.deepEqual(found, [...names, 'user'].toSorted(compareBytes))
      const ofUser = await collect(store.sessions(allOfUser({ tenantId, userId: 'user' }), options))
      assert.deepEqual(ofUser.map(sessionIdOf), names)
      const ofTenant = await collect(store.sessions(allOfTenant({ tenantId }), options))
      const expected = found.flatMap((userId) => (userId === 'user' ? names : ['s']))
      assert.deepEqual(ofTenant.map(sessionIdOf), expected)
    }
    const walked = await tenantsAt(store, `${tenantId}.`)
    assert.deepEqual(walked, tenants)
  })

  it('A9 no walk leaves its subtree, however similar the names', async ({ store }) => {
    const names = similarNames(freshScope().tenantId)
    const [tenantId = ''] = names
    await Promise.all(
      names.flatMap((name) => [
        putNew(store, { tenantId: name, userId: name, sessionId: name }),
        putNew(store, { tenantId, userId: name, sessionId: `${name}.s` }),
      ]),
    )
    for (const name of names.slice(1)) {
      const own = { tenantId: name, userId: name, sessionId: name }
      assert.deepEqual(await collect(store.sessions(allOfUser({ tenantId: name, userId: name }))), [
        own,
      ])
      assert.deepEqual(await userIds(store, name), [name])
      const found = await collect(store.sessions(allOfUser({ tenantId, userId: name })))
      assert.deepEqual(found.map(sessionIdOf), [`${name}.s`])
    }
  })

  it('A9 a walk rejects what is no subtree or maintenance scope, at once', async ({ store }) => {
    const scope = freshScope()
    const { tenantId, userId } = scope
    const session = sessionOf(scope)
    const owner = userOwner({ tenantId, userId })
    const narrow = allOfSession(session)
    for (const given of [undefined, scope, session, owner, { tenantId }, narrow, { ...narrow }]) {
      const subtree = malformed<Subtree<'tenant'>>(given)
      await assertFails('subtree_required', () => store.sessions(subtree))
      await assertFails('subtree_required', () => store.users(subtree))
    }
    const ofUser = malformed<Subtree<'tenant'>>(allOfUser({ tenantId, userId }))
    await assertFails('subtree_required', () => store.users(ofUser))
    for (const given of [undefined, {}, session, { maintenanceScoped: 'true' }]) {
      const claim = malformed<typeof maintenance>(given)
      await assertFails('maintenance_scope_required', () => store.tenants(claim))
    }
    for (const pageSize of invalidPageSizes) {
      const options = { pageSize: malformed<number>(pageSize) }
      await assertFails('invalid_record', () => store.sessions(allOfTenant({ tenantId }), options))
      await assertFails('invalid_record', () => store.users(allOfTenant({ tenantId }), options))
      await assertFails('invalid_record', () => store.tenants(maintenance, options))
    }
    await store.close()
    await assertFails('store_closed', () => store.sessions(malformed<Subtree<'tenant'>>({})))
    await assertFails('store_closed', () => store.users(malformed<Subtree<'tenant'>>({})))
    await assertFails('store_closed', () => store.tenants(malformed<typeof maintenance>({})))
  })
}

/** Returns some names in the order of their bytes: few, since each one takes several puts. */
function orderedNames(): string[] {
  const endings = textsInByteOrder.filter(
    (_, place) => place % 5 === 0 || place >= textsInByteOrder.length - 4,
  )
  return endings.map((ending) => `n${ending}`)
}

/** Puts two texts for each owner. */
async function putTwice(store: ArtifactStore, scopes: readonly ArtifactScope[]): Promise<void> {
  for (const scope of scopes) for (const text of ['one', 'two']) await putNew(store, scope, text)
}

async function userIds(
  store: ArtifactStore,
  tenantId: string,
  options?: PageOptions,
): Promise<string[]> {
  const users = await collect(store.users(allOfTenant({ tenantId }), options))
  return users.map(({ userId }) => userId)
}

/** Resolves to the tenants whose names begin with a prefix. Those of other cases are left out. */
async function tenantsAt(store: ArtifactStore, prefix: string) {
  const tenants = await collect(store.tenants(maintenance, { pageSize: 1_000 }))
  return tenants.filter(({ tenantId }) => tenantId.startsWith(prefix))
}

function sessionIdOf({ sessionId }: Identity): string {
  return sessionId
}
