import assert from 'node:assert/strict'
import { tenantOwner, userOwner } from '@harborage/core'
import type { ArtifactRef, ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { similarNames } from '../support/similar-names.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import {
  assertAbsent,
  assertSameRef,
  assertSameRefs,
  assertStored,
} from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putAround } from './support/put-around.ts'
import { putNew } from './support/put-new.ts'
import { storeMethods } from './support/store-methods.ts'

/** The wide owners by their level. */
const wideOwners = {
  user: () => userOwner({ tenantId: freshScope().tenantId, userId: 'ann' }),
  tenant: () => tenantOwner({ tenantId: freshScope().tenantId }),
} as const

/** Registers the cases of A9: an artifact may belong to a user or a tenant, and to no other. */
export function owners({ it, itIfDurable }: ArtifactCases): void {
  for (const level of ['user', 'tenant'] as const) {
    it(`A9 every method takes a ${level} as the scope, and that of its refs`, async ({ store }) => {
      const owner = wideOwners[level]()
      const { tenantId, userId } = owner
      const put = await putNew(store, owner)
      assert.deepEqual({ ...put.ref.scope }, { tenantId, userId, sessionId: '', taskId: '' })
      await assertAccepted(store, owner, put.ref)
      const filter = { tenantId, maintenanceScoped: true } as const
      const found = [
        put.ref,
        await store.getRef(owner, put.ref.id),
        ...(await store.getRefs(owner, [put.ref.id])),
        ...(await collect(store.list(owner))),
        ...(await collect(store.list(filter, { from: put.ref }))),
        ...(await collect(store.scoped(owner).list({ from: put.ref.id }))),
        await store.putBytes(owner, bytesOf(put.text)),
      ]
      for (const ref of found) {
        assert.ok(ref !== undefined)
        await assertAccepted(store, ref.scope, put.ref)
      }
      assert.equal(found.length, 7)
      assert.equal(await store.delete(put.ref.scope, put.ref.id), true)
      await assertAbsent(store, owner, put.ref.id)
    })
  }

  it('A9 an artifact of one owner is reached and deleted through no other', async ({ store }) => {
    const puts = await putAround(store, freshScope())
    for (const put of puts) {
      await assertStored(store, put)
      const { scope, id } = put.ref
      assertSameRefs(await collect(store.list(scope)), [put.ref])
      assert.equal(await store.scoped(scope).exists(id), true)
    }
    for (const [place, { ref }] of puts.entries()) {
      if (place % 2 === 0) assert.equal(await store.delete(ref.scope, ref.id), true)
      else assert.equal(await store.scoped(ref.scope).deleteAll(), 1)
      await assertAbsent(store, ref.scope, ref.id)
      for (const kept of puts.slice(place + 1)) {
        assertSameRef(await store.getRef(kept.ref.scope, kept.ref.id), kept.ref)
      }
    }
  })

  it('A9 no owner sees the artifacts of one with a similar name', async ({ store }) => {
    const { tenantId } = freshScope()
    const names = similarNames(tenantId)
    const puts = await Promise.all([
      ...names.map((userId) => putNew(store, userOwner({ tenantId, userId }))),
      ...names.map((name) => putNew(store, tenantOwner({ tenantId: name }))),
    ])
    for (const { ref } of puts) {
      assertSameRefs(await collect(store.list(ref.scope)), [ref])
      assertSameRef(await store.getRef(ref.scope, ref.id), ref)
    }
  })

  it('A9 no method takes a copy of an owner, or what only looks like one', async ({ store }) => {
    const user = wideOwners.user()
    const { ref } = await putNew(store, user)
    const given = { id: ref.id, data: bytesOf('rejected'), text: 'rejected' }
    const { tenantId, userId } = user
    for (const { name, call } of storeMethods) {
      for (const copy of [
        { ...ref.scope },
        structuredClone(ref.scope),
        // A filter has other names, and without a session it lacks the maintenance scope.
        ...(name === 'list' ? [] : [{ ...user }, { tenantId, userId }, { tenantId }]),
      ]) {
        const scope = malformed<ArtifactScope>(copy)
        await assertFails('identity_required', () => call(store, { ...given, scope }), name)
      }
    }
    assertSameRefs(await collect(store.list(user)), [ref])
  })

  itIfDurable('A9 artifacts of users and tenants survive a restart', async ({ store, open }) => {
    const puts = await putAround(store, freshScope())
    await store.close()
    const reopened = await open()
    for (const put of puts) await assertStored(reopened, put)
  })
}

/** Checks that every method but `delete` takes the scope, and finds the artifact in it. */
async function assertAccepted(
  store: ArtifactStore,
  scope: ArtifactScope,
  ref: ArtifactRef,
): Promise<void> {
  const bytes = await store.get(scope, ref.id)
  const text = await store.getText(scope, ref.id)
  assert.ok(bytes !== undefined && text !== undefined)
  assert.equal(await store.exists(scope, ref.id), true)
  assertSameRefs(await collect(store.list(scope)), [ref])
  const [found] = await store.getRefs(scope, [ref.id])
  for (const same of [
    await store.getRef(scope, ref.id),
    found,
    await store.putBytes(scope, bytes),
    await store.putText(scope, text),
    await store.scoped(scope).getRef(ref),
  ]) {
    assertSameRef(same, ref)
  }
}
