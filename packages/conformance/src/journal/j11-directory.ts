import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type MaintenanceScope,
  type Owner,
  type Subtree,
} from '@harborage/core'
import type { JournalStore, StreamListOptions } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes, textsInByteOrder } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { nextTurn } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { similarNames } from '../support/similar-names.ts'
import { appendTexts, newEntry, STREAM } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

const maintenance = { maintenanceScoped: true } as const

/** Registers the cases of J11: walks of streams and of their owners. */
export function directory({ it }: JournalCases): void {
  it('J11 streams yields each stream of an owner or a subtree, with its head', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const session = { tenantId, userId: 'ann', sessionId: 's1', runId: '' }
    const run = { ...session, runId: 'r1' }
    const user = userOwner({ tenantId, userId: 'ann' })
    const tenant = tenantOwner({ tenantId })
    const other = { ...session, userId: 'bob' }
    for (const owner of [run, other, tenant, session, user]) {
      for (const name of ['b', 'a']) await store.append(owner, name, [newEntry(name)])
    }
    const expected = async (...owners: readonly Owner[]) =>
      Promise.all(
        owners.flatMap((owner) =>
          ['a', 'b'].map(async (stream) => {
            return { owner, stream, head: await store.head(owner, stream) }
          }),
        ),
      )
    const roots: readonly (readonly [Owner | Subtree, readonly Owner[]])[] = [
      [run, [run]],
      [allOfRun(run), [run]],
      [session, [session]],
      [allOfSession({ tenantId, userId: 'ann', sessionId: 's1' }), [session, run]],
      [user, [user]],
      [allOfUser(user), [user, session, run]],
      [tenant, [tenant]],
      [allOfTenant(tenant), [tenant, user, session, run, other]],
      [{ ...session, sessionId: 's2' }, []],
    ]
    for (const [root, owners] of roots) {
      for (const pageSize of [1, 3, 100]) {
        assert.deepEqual(
          await collect(store.streams(root, { pageSize })),
          await expected(...owners),
        )
        const recent = await collect(store.streams(root, { pageSize, order: 'recent' }))
        assert.equal(recent.length, owners.length * 2)
      }
    }
    for (const { owner, stream } of await collect(store.streams(allOfTenant(tenant)))) {
      assert.equal(await store.delete(owner, stream), true)
    }
  })

  it('J11 streams are walked in the order of their bytes, by prefix and up to a limit', async ({
    store,
  }) => {
    const owner = freshIdentity()
    const names = [...textsInByteOrder, ...textsInByteOrder.map((name) => `x/${name}`)].toSorted(
      compareBytes,
    )
    await Promise.all(names.map((name) => store.append(owner, name, [newEntry(name)])))
    const namesOf = async (options: StreamListOptions): Promise<string[]> =>
      (await collect(store.streams(owner, options))).map(({ stream }) => stream)
    const prefixed = names.filter((name) => name.startsWith('x/'))
    for (const pageSize of [1, 7, 100]) {
      assert.deepEqual(await namesOf({ pageSize }), names)
      assert.deepEqual(await namesOf({ pageSize, prefix: 'x/' }), prefixed)
      assert.deepEqual(await namesOf({ pageSize, prefix: 'x/', limit: 3 }), prefixed.slice(0, 3))
      assert.deepEqual(await namesOf({ pageSize, prefix: 'X/' }), [])
      const recent = await namesOf({ pageSize, prefix: 'x/', order: 'recent' })
      assert.deepEqual(recent.toSorted(compareBytes), prefixed)
    }
  })

  it('J11 recent streams come in the order in which they were begun, newest first', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const owner = { tenantId, userId: 'ann', sessionId: 's1', runId: '' }
    const names = ['c', 'a', 'b']
    for (const name of names) {
      const last = Date.now()
      await store.append({ ...owner, sessionId: name }, name, [newEntry(name)])
      // The order is by milliseconds of this process's clock.
      while (Date.now() <= last + 1) await nextTurn()
    }
    for (const subtree of [allOfUser({ tenantId, userId: 'ann' }), allOfTenant({ tenantId })]) {
      const found = await collect(store.streams(subtree, { order: 'recent', limit: 2 }))
      assert.deepEqual(
        found.map(({ stream }) => stream),
        ['b', 'a'],
      )
    }
  })

  it('J11 sessions, users, tenants and runs yield each once, and none that was deleted', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const tenant = allOfTenant({ tenantId })
    const ann = { tenantId, userId: 'ann' }
    const s1 = { ...ann, sessionId: 's1' }
    const s2 = { ...ann, sessionId: 's2' }
    const s3 = { tenantId, userId: 'bob', sessionId: 's1' }
    const r1 = { ...s1, runId: 'r1' }
    const r2 = { ...s2, runId: 'r2' }
    for (const owner of [s1, r1, s3, r2, userOwner(ann), tenantOwner({ tenantId })]) {
      for (const name of ['a', 'b']) await store.append(owner, name, [newEntry(name)])
    }
    for (const pageSize of [1, 100]) {
      const options = { pageSize }
      assert.deepEqual(await collect(store.sessions(allOfUser(ann), options)), [s1, s2])
      assert.deepEqual(await collect(store.sessions(tenant, options)), [s1, s2, s3])
      assert.deepEqual(await collect(store.runs(s1, options)), [r1])
      assert.deepEqual(await collect(store.runs(s3, options)), [])
      assert.deepEqual(await userIds(store, tenantId), ['ann', 'bob'])
    }
    assert.equal(await hasTenant(store, tenantId), true)
    await store.deleteAll(allOfSession(s2))
    assert.deepEqual(await collect(store.sessions(tenant)), [s1, s3])
    assert.deepEqual(await collect(store.runs(s2)), [])
    await store.deleteAll(tenant)
    assert.deepEqual(await userIds(store, tenantId), [])
    assert.equal(await hasTenant(store, tenantId), false)
  })

  it('J11 names are walked in the order of their bytes', async ({ store }) => {
    const { tenantId } = freshIdentity()
    const names = textsInByteOrder
    const owners = names.flatMap((name) => [
      { tenantId, userId: name, sessionId: 's' },
      { tenantId, userId: 'user', sessionId: name },
      { tenantId, userId: 'user', sessionId: 'session', runId: name },
    ])
    await Promise.all(owners.map((owner) => appendTexts(store, owner, ['a'])))
    const users = [...names, 'user'].toSorted(compareBytes)
    const sessions = [...names, 'session'].toSorted(compareBytes)
    assert.deepEqual(await userIds(store, tenantId), users)
    const user = { tenantId, userId: 'user' }
    for (const pageSize of [1, 100]) {
      const found = await collect(store.sessions(allOfUser(user), { pageSize }))
      assert.deepEqual(
        found.map(({ sessionId }) => sessionId),
        sessions,
      )
      const runs = await collect(store.runs({ ...user, sessionId: 'session' }, { pageSize }))
      assert.deepEqual(
        runs.map(({ runId }) => runId),
        names,
      )
    }
  })

  it('J11 no walk leaves its subtree, however similar the names', async ({ store }) => {
    const names = similarNames(freshIdentity().tenantId)
    const [tenantId = ''] = names
    for (const name of names) {
      await appendTexts(store, { tenantId: name, userId: name, sessionId: name }, ['a'])
      if (name === tenantId) continue
      await appendTexts(store, { tenantId, userId: name, sessionId: name, runId: name }, ['a'])
    }
    for (const name of names) {
      const session = { tenantId: name, userId: name, sessionId: name }
      assert.deepEqual(await collect(store.sessions(allOfUser(userOf(session)))), [session])
      assert.equal((await collect(store.streams(allOfSession(session)))).length, 1)
      if (name !== tenantId) assert.deepEqual(await userIds(store, name), [name])
    }
    assert.equal((await userIds(store, tenantId)).length, names.length)
  })

  it('J11 a walk rejects what is no subtree, session or maintenance scope, at once', async ({
    store,
  }) => {
    const run = freshIdentity()
    const { runId: _, ...session } = run
    const narrow = allOfSession(session)
    for (const given of [undefined, run, userOwner(userOf(run)), narrow, { ...narrow }]) {
      const subtree = malformed<Subtree<'tenant'>>(given)
      await assertFails('subtree_required', () => store.sessions(subtree))
      await assertFails('subtree_required', () => store.users(subtree))
    }
    await assertFails('subtree_required', () => store.streams(malformed<Subtree>({ ...narrow })))
    await assertFails('invalid_identity', () => store.runs(malformed<typeof session>(run)))
    for (const scope of [undefined, null, {}, { maintenanceScoped: 'true' }]) {
      await assertFails('maintenance_scope_required', () =>
        store.tenants(malformed<MaintenanceScope>(scope)),
      )
    }
    await appendTexts(store, run, ['a'])
    assert.equal((await collect(store.streams(run, { prefix: STREAM }))).length, 1)
  })
}

function userOf({ tenantId, userId }: { readonly tenantId: string; readonly userId: string }) {
  return { tenantId, userId }
}

async function userIds(store: JournalStore, tenantId: string): Promise<string[]> {
  const users = await collect(store.users(allOfTenant({ tenantId }), { pageSize: 3 }))
  return users.map(({ userId }) => userId)
}

async function hasTenant(store: JournalStore, tenantId: string): Promise<boolean> {
  for await (const tenant of store.tenants(maintenance)) {
    if (tenant.tenantId === tenantId) return true
  }
  return false
}
