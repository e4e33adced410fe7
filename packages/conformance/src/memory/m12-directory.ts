import assert from 'node:assert/strict'
import {
  allOfSession,
  allOfTenant,
  allOfUser,
  userOwner,
  type Identity,
  type PageOptions,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import type { MemoryStore } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes, textsInByteOrder } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidPageSizes } from '../support/malformed-values.ts'
import { similarNames } from '../support/similar-names.ts'
import { addTurns } from './support/conversation.ts'
import type { MemoryCases } from './support/memory-cases.ts'

const maintenance = { maintenanceScoped: true } as const

/** Registers the cases of M12: walks of the distinct tenants, users, sessions and runs. */
export function directory({ it }: MemoryCases): void {
  it('M12 sessions, users, tenants and runs yield each once, and none that was deleted', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const { tenantId } = freshIdentity()
    const tenant = allOfTenant({ tenantId })
    const ann = { tenantId, userId: 'ann' }
    const s1 = { ...ann, sessionId: 's1' }
    const s2 = { ...ann, sessionId: 's2' }
    const s3 = { tenantId, userId: 'bob', sessionId: 's1' }
    const [r1, r2, r3] = [s1, s1, s2].map((each, index) => ({ ...each, runId: `r${index + 1}` }))
    assert.ok(r1 !== undefined && r2 !== undefined && r3 !== undefined)
    for (const each of [s1, r1, r2, s3, r3]) await addTurns(store, each, ['first', 'second'])
    assert.deepEqual(await collect(store.sessions(allOfUser(ann))), [s1, s2])
    assert.deepEqual(await collect(store.sessions(tenant)), [s1, s2, s3])
    assert.deepEqual(await userIds(store, tenantId), ['ann', 'bob'])
    assert.deepEqual(await tenantIds(store, tenantId), [tenantId])
    assert.deepEqual(await collect(store.runs(s1)), [r1, r2])
    assert.deepEqual(await collect(store.runs(s3)), [])

    await store.delete(r3)
    assert.deepEqual(await collect(store.sessions(tenant)), [s1, s3])
    assert.deepEqual(await collect(store.runs(s2)), [])
    // What the walks yield is accepted by the functions of subtrees.
    for await (const user of store.users(tenant)) {
      for await (const session of store.sessions(allOfUser(user))) {
        const { deleted } = await store.deleteAll(allOfSession(session))
        assert.equal(deleted, session.userId === 'ann' ? 3 : 1)
      }
    }
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.deepEqual(await tenantIds(store, tenantId), [])
  })

  it('M12 names are walked in the order of their bytes, in pages of any size', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const { tenantId } = freshIdentity()
    const names = textsInByteOrder
    const user = { tenantId, userId: 'user' }
    const session = { ...user, sessionId: 'session' }
    const owners = names.flatMap((name) => [
      { tenantId: tenantId + name, userId: 'ann', sessionId: 's', runId: 'r' },
      { tenantId, userId: name, sessionId: 's', runId: 'r' },
      { ...user, sessionId: name, runId: '' },
      { ...session, runId: name },
    ])
    await Promise.all(owners.map((owner) => addTurns(store, owner, ['said'])))
    const users = [...names, 'user'].toSorted(compareBytes)
    const sessions = [...names, 'session'].toSorted(compareBytes)
    for (const pageSize of [1, 3, undefined]) {
      const options: PageOptions = pageSize === undefined ? {} : { pageSize }
      assert.deepEqual(await userIds(store, tenantId, options), users)
      const ofUser = await collect(store.sessions(allOfUser(user), options))
      assert.deepEqual(ofUser.map(sessionIdOf), sessions)
      const ofTenant = await collect(store.sessions(allOfTenant({ tenantId }), options))
      const expected = users.flatMap((userId) => (userId === 'user' ? sessions : ['s']))
      assert.deepEqual(ofTenant.map(sessionIdOf), expected)
      const runs = await collect(store.runs(session, options))
      assert.deepEqual(
        runs.map(({ runId }) => runId),
        names,
      )
    }
    const tenants = names.map((name) => tenantId + name)
    assert.deepEqual(await tenantIds(store, tenantId), [tenantId, ...tenants])
  })

  it('M12 no walk leaves its subtree, however similar the names', async ({ open }) => {
    const store = await open({ strategy: 'truncation' })
    const names = similarNames(freshIdentity().tenantId)
    const owning = (tenantId: string, name: string): Required<RunIdentity> => {
      return { tenantId, userId: name, sessionId: name, runId: name }
    }
    const [tenantId = ''] = names
    const owners = [
      ...names.map((name) => owning(name, name)),
      ...names.slice(1).map((name) => owning(tenantId, name)),
    ]
    for (const owner of owners) await addTurns(store, owner, ['said'])
    for (const run of owners) {
      const { runId: _, ...session } = run
      assert.deepEqual(await collect(store.runs(session)), [run])
      assert.deepEqual(await collect(store.sessions(allOfUser(userOf(run)))), [session])
    }
    for (const name of names.slice(1)) assert.deepEqual(await userIds(store, name), [name])
    assert.equal((await userIds(store, tenantId)).length, names.length)
  })

  it('M12 a walk rejects what is no subtree, session or maintenance scope, at once', async ({
    open,
    events,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const run = freshIdentity()
    const { runId: _, ...session } = run
    const owner = userOwner(userOf(run))
    const narrow = allOfSession(session)
    for (const given of [undefined, run, session, owner, narrow, { ...narrow }]) {
      const subtree = malformed<Subtree<'tenant'>>(given)
      await assertFails('subtree_required', () => store.sessions(subtree))
      await assertFails('subtree_required', () => store.users(subtree))
    }
    const ofUser = malformed<Subtree<'tenant'>>(allOfUser(userOf(run)))
    await assertFails('subtree_required', () => store.users(ofUser))
    for (const given of [undefined, {}, session, { maintenanceScoped: 'true' }]) {
      const scope = malformed<typeof maintenance>(given)
      await assertFails('maintenance_scope_required', () => store.tenants(scope))
    }
    for (const pageSize of invalidPageSizes) {
      const options = { pageSize: malformed<number>(pageSize) }
      const tenant = allOfTenant({ tenantId: run.tenantId })
      await assertFails('invalid_record', () => store.sessions(tenant, options))
      await assertFails('invalid_record', () => store.users(tenant, options))
      await assertFails('invalid_record', () => store.tenants(maintenance, options))
      await assertFails('invalid_record', () => store.runs(session, options))
    }
    assert.deepEqual(events.all, [])
    await assertFails('identity_required', () => store.runs(malformed<Identity>(owner)))
    await assertFails('invalid_identity', () => store.runs(malformed<Identity>(run)))
    assert.deepEqual(events.payloadsOf('memory.identity_rejected'), [
      { operation: 'runs', reason: 'identity_required' },
      { operation: 'runs', reason: 'invalid_identity' },
    ])
    await store.close()
    await assertFails('store_closed', () => store.sessions(malformed<Subtree<'tenant'>>({})))
    await assertFails('store_closed', () => store.users(malformed<Subtree<'tenant'>>({})))
    await assertFails('store_closed', () => store.tenants(malformed<typeof maintenance>({})))
    await assertFails('store_closed', () => store.runs(malformed<Identity>({})))
  })
}

function userOf({ tenantId, userId }: Identity): Pick<Identity, 'tenantId' | 'userId'> {
  return { tenantId, userId }
}

async function userIds(
  store: MemoryStore,
  tenantId: string,
  options?: PageOptions,
): Promise<string[]> {
  const users = await collect(store.users(allOfTenant({ tenantId }), options))
  return users.map(({ userId }) => userId)
}

/** Resolves to the tenants whose names begin with a prefix. Those of other cases are left out. */
async function tenantIds(store: MemoryStore, prefix: string): Promise<string[]> {
  const tenants = await collect(store.tenants(maintenance, { pageSize: 1_000 }))
  return tenants.map(({ tenantId }) => tenantId).filter((each) => each.startsWith(prefix))
}

function sessionIdOf({ sessionId }: Identity): string {
  return sessionId
}
