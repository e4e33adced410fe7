import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactScope, PutOptions } from '@harborage/artifacts'
import { rejectionOf } from '../support/rejection-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope, neighborsOf, scopeParts } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { lookups, viewMethods } from './support/view-methods.ts'

/** Registers the cases of A7: a view is fixed to one scope and cannot reach another. */
export function scoped({ it }: ArtifactCases): void {
  it('A7 scoped rejects an invalid scope at once', async ({ store }) => {
    const scope = freshScope()
    for (const wrong of [...identitiesWithEmptyPart(scope), ...identitiesWithoutPart(scope)]) {
      await assertFails('identity_required', () => store.scoped(malformed<ArtifactScope>(wrong)))
    }
    for (const wrong of malformedIdentities(scope, ['taskId'])) {
      await assertFails('invalid_identity', () => store.scoped(malformed<ArtifactScope>(wrong)))
    }
  })

  it('A7 every put of a view is stored in its scope', async ({ store }) => {
    const scope = freshScope()
    const view = store.scoped(scope)
    const refs = [
      await view.putText('text'),
      await view.putBytes(bytesOf('bytes')),
      await offloaded(view.offload('large', { thresholdBytes: 0 })),
    ]
    for (const ref of refs) {
      assert.deepEqual(ref.scope, scope)
      assert.equal(await store.exists(scope, ref.id), true)
    }
  })

  it('A7 a view without a taskId has the empty taskId', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const view = store.scoped(session)
    assert.deepEqual(view.scope, { ...session, taskId: '' })
    assert.deepEqual((await view.putText('text')).scope, { ...session, taskId: '' })
  })

  it('A7 no option of a put reaches another scope', async ({ store }) => {
    const scope = freshScope()
    const [other = scope] = neighborsOf(scope)
    const options = malformed<PutOptions>({ ...other, scope: other, filter: other })
    const ref = await store.scoped(scope).putText('text')
    assert.deepEqual(ref.scope, scope)
    await assertFails('invalid_record', () => store.scoped(scope).putText('text', options))
    await assertAbsent(store, other, ref.id)
  })

  it('A7 a view lists the artifacts of its own task only', async ({ store }) => {
    const scope = freshScope()
    const ours = await putNew(store, scope, 'ours')
    for (const other of [...neighborsOf(scope), { ...scope, taskId: '' }]) {
      await putNew(store, other, 'theirs')
    }
    assertSameRefs(await collect(store.scoped(scope).list()), [ours.ref])
    const wider = malformed<object>({ maintenanceScoped: true })
    await assertFails('invalid_record', () => store.scoped(scope).list(wider))
    const ofAnyTask = malformed<object>({ taskId: undefined })
    await assertFails('invalid_record', () => store.scoped(scope).list(ofAnyTask))
  })

  it('A7 a view without a task lists only artifacts without a task', async ({ store }) => {
    const { taskId: _, ...session } = freshScope()
    const ours = await putNew(store, session, 'ours')
    await putNew(store, { ...session, taskId: 'task' }, 'of a task')
    assertSameRefs(await collect(store.scoped(session).list()), [ours.ref])
  })

  it('A7 a view accepts an id or a ref of its scope', async ({ store }) => {
    const { ref, text } = await putNew(store, freshScope())
    const view = store.scoped(ref.scope)
    for (const target of [ref.id, ref]) {
      assert.deepEqual(await view.get(target), bytesOf(text))
      assert.equal(await view.getText(target), text)
      assertSameRefs([(await view.getRef(target)) ?? ref], [ref])
      assert.equal(await view.exists(target), true)
    }
    assert.equal(await view.delete(ref), true)
    assert.equal(await view.delete(ref.id), false)
    assert.equal(await view.get(ref), undefined)
    assert.equal(await view.exists(ref), false)
  })

  for (const [index, part] of scopeParts.entries()) {
    it(`A7 an id of another ${part} finds nothing in a view`, async ({ store }) => {
      const theirs = await putNew(store, freshScope(), 'theirs')
      const view = store.scoped(neighborsOf(theirs.ref.scope)[index] ?? freshScope())
      for (const { name, call } of lookups) {
        const absent = name === 'exists' || name === 'delete' ? false : undefined
        assert.equal(await call(view, theirs.ref.id), absent, name)
      }
      await assertStored(store, theirs)
    })

    it(`A7 a view rejects a ref of another ${part}`, async ({ store }) => {
      const theirs = await putNew(store, freshScope(), 'theirs')
      const scope = neighborsOf(theirs.ref.scope)[index] ?? freshScope()
      const ours = await putNew(store, scope, 'theirs')
      for (const { name, call } of lookups) {
        await assertFails('scope_mismatch', () => call(store.scoped(scope), theirs.ref), name)
      }
      await assertStored(store, theirs)
      await assertStored(store, ours)
    })
  }

  it('A7 deleteAll of a view removes and counts the artifacts of its own task', async ({
    store,
  }) => {
    const scope = freshScope()
    for (const namespace of ['default', 'other']) {
      for (const text of ['one', 'two', 'three']) {
        await putNew(store, scope, text, { namespace })
      }
    }
    const others = []
    for (const other of [...neighborsOf(scope), { ...scope, taskId: '' }]) {
      others.push(await putNew(store, other, 'one'))
    }
    assert.equal(await store.scoped(scope).deleteAll(), 6)
    assertSameRefs(await collect(store.list(scope)), [])
    for (const other of others) await assertStored(store, other)
    assert.equal(await store.scoped(scope).deleteAll(), 0)
  })

  it('A7 a view rejects what is neither an id nor a ref', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const targets = [undefined, null, 7, '', {}, [], { id: ref.id }, { scope: ref.scope }]
    for (const target of targets) {
      for (const { name, call } of lookups) {
        const look = (): Promise<unknown> =>
          call(store.scoped(ref.scope), malformed<ArtifactRef>(target))
        await assertFails('invalid_record', look, name)
      }
    }
  })

  it('A7 a view cannot be changed after its creation', async ({ store }) => {
    const scope = freshScope()
    const given = { ...scope }
    const view = store.scoped(given)
    given.tenantId = 'other'
    assert.ok(Object.isFrozen(view) && Object.isFrozen(view.scope))
    assert.equal(Reflect.set(view, 'scope', { ...scope, tenantId: 'other' }), false)
    assert.equal(Reflect.set(view.scope, 'tenantId', 'other'), false)
    assert.equal(Reflect.defineProperty(view, 'putText', { value: () => 'other' }), false)
    assert.deepEqual(view.scope, scope)
    assert.deepEqual((await view.putText('text')).scope, scope)
  })

  it('A7 changing a ref that a view returned does not change the view', async ({ store }) => {
    const scope = freshScope()
    const view = store.scoped(scope)
    const ref = await view.putText('text')
    Reflect.set(ref.scope, 'tenantId', 'other')
    assert.deepEqual(view.scope, scope)
    assert.deepEqual((await view.putText('another text')).scope, scope)
  })

  for (const { name, call } of viewMethods) {
    it(`A7 ${name} of a view is rejected once the store is closed`, async ({ store }) => {
      const { ref } = await putNew(store, freshScope())
      const view = store.scoped(ref.scope)
      await store.close()
      await assertFails('store_closed', () => call(view, ref.id), name)
    })

    it(`A7 ${name} of a view with an aborted signal rejects with its reason`, async ({ store }) => {
      const put = await putNew(store, freshScope())
      const view = store.scoped(put.ref.scope)
      const reason = new Error('the user left')
      const signal = AbortSignal.abort(reason)
      const failure = await rejectionOf(() => call(view, put.ref.id, { signal }))
      assert.ok(failure === reason, 'the reason itself is expected')
      assertSameRefs(await collect(view.list()), [put.ref])
    })
  }

  it('A7 a view checks that the store is open before it checks the scope of a ref', async ({
    store,
  }) => {
    const { ref } = await putNew(store, freshScope())
    const view = store.scoped(freshScope())
    await store.close()
    for (const { name, call } of lookups) {
      await assertFails('store_closed', () => call(view, ref), name)
    }
  })
}

async function offloaded(
  offload: Promise<{ readonly kind: string; readonly ref?: ArtifactRef }>,
): Promise<ArtifactRef> {
  const { ref } = await offload
  assert.ok(ref !== undefined, 'a large value has to become an artifact')
  return ref
}
