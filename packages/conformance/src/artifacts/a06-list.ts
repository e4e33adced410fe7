import assert from 'node:assert/strict'
import type { ArtifactFilter, ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import type { MaintenanceScope, PageOptions } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes, textsInByteOrder } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { invalidNames, invalidPageSizes } from '../support/malformed-values.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { freshScope, scopeParts } from './support/fresh-scope.ts'
import { placeWith, placeParts } from './support/places.ts'
import { putSimilar } from './support/put-similar.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A6: list walks the refs that match a filter, ordered by bytes. */
export function list({ it }: ArtifactCases): void {
  it('A6 a list yields complete refs', async ({ store }) => {
    const options = { namespace: 'tool', filename: 'out.txt', source: { step: 1 } }
    const { ref } = await putNew(store, freshScope(), 'content', options)
    assertSameRefs(await collect(store.list(ref.scope)), [ref])
  })

  it('A6 a list yields nothing if nothing matches', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    assert.deepEqual(await filenames(store, freshScope()), [])
    assert.deepEqual(await filenames(store, { ...ref.scope, namespace: 'other' }), [])
  })

  it('A6 a list without a taskId covers all tasks, with an empty taskId only what has no task', async ({
    store,
  }) => {
    const { taskId: _, ...session } = freshScope()
    for (const taskId of ['', 'a', 'b', 'undefined']) {
      await store.putText({ ...session, taskId }, 'content', { filename: `of "${taskId}"` })
    }
    const all = ['of ""', 'of "a"', 'of "b"', 'of "undefined"']
    assert.deepEqual(await filenames(store, session), all)
    assert.deepEqual(await filenames(store, malformed({ ...session, taskId: undefined })), all)
    assert.deepEqual(await filenames(store, { ...session, taskId: '' }), ['of ""'])
    assert.deepEqual(await filenames(store, { ...session, taskId: 'a' }), ['of "a"'])
    assert.deepEqual(await filenames(store, { ...session, taskId: 'c' }), [])
  })

  it('A6 a list yields the refs of its session only', async ({ store }) => {
    const scope = freshScope()
    await store.putText(scope, 'content', { filename: 'ours' })
    for (const part of ['tenantId', 'userId', 'sessionId'] as const) {
      await store.putText({ ...scope, [part]: `${scope[part]}-2` }, 'content', { filename: part })
    }
    const { taskId: _, ...session } = scope
    assert.deepEqual(await filenames(store, session), ['ours'])
  })

  for (const part of scopeParts) {
    it(`A6 a list yields no ref of a ${part} with a similar name`, async ({ store }) => {
      for (const { ref } of await putSimilar(store, part)) {
        assertSameRefs(await collect(store.list(ref.scope)), [ref])
      }
    })
  }

  it('A6 a namespace in the filter is matched literally', async ({ store }) => {
    const scope = freshScope()
    const namespaces = ['a', 'A', 'ab', 'a_', 'a_b', 'a%', '%', '_', 'a\\', '*', 'default']
    for (const namespace of namespaces) {
      await store.putText(scope, 'content', { namespace, filename: namespace })
    }
    for (const namespace of namespaces) {
      assert.deepEqual(await filenames(store, { ...scope, namespace }), [namespace])
    }
  })

  it('A6 a filter without a tenant, user or session requires the maintenance scope', async ({
    store,
  }) => {
    const scope = freshScope()
    const claims: readonly unknown[] = [undefined, null, false, 'true', 1, {}, claimed]
    for (const filter of crossingFilters(scope)) {
      const claiming: unknown[] = claims.map((claim) => ({ ...filter, maintenanceScoped: claim }))
      const inheriting: unknown = Object.assign(Object.create(claimed), filter)
      for (const each of [...claiming, inheriting]) {
        const walk = (): unknown => store.list(malformed<ArtifactFilter>(each))
        await assertFails('maintenance_scope_required', walk)
      }
      await assertFails('maintenance_scope_required', () => store.list(filter))
      assert.deepEqual(await filenames(store, { ...filter, ...claimed }), [])
    }
  })

  it('A6 in the maintenance scope an omitted part matches every value', async ({ store }) => {
    const scope = freshScope()
    // Nothing else on the backend has this namespace, so it limits the walk across tenants.
    const namespace = scope.tenantId
    for (const part of [undefined, 'tenantId', 'userId', 'sessionId', 'taskId'] as const) {
      const other = part === undefined ? scope : { ...scope, [part]: `${scope[part]}-2` }
      await store.putText(other, 'content', { namespace, filename: part ?? 'ours' })
    }
    const found = (filter: ArtifactFilter): Promise<string[]> =>
      filenames(store, { ...filter, namespace, ...claimed })
    const { tenantId, userId, sessionId, taskId } = scope
    const all = ['ours', 'taskId', 'sessionId', 'userId', 'tenantId']
    assert.deepEqual(await found({}), all)
    assert.deepEqual(await found({ tenantId }), all.slice(0, 4))
    assert.deepEqual(await found({ userId, sessionId, taskId }), ['ours', 'tenantId'])
    assert.deepEqual(await found({ tenantId, sessionId, taskId }), ['ours', 'userId'])
    assert.deepEqual(await found({ tenantId, userId, taskId }), ['ours', 'sessionId'])
    assert.deepEqual(await found({ tenantId, userId, sessionId }), ['ours', 'taskId'])
    assert.deepEqual(await found(scope), ['ours'])
    assert.deepEqual(await found({ taskId: 'task-2' }), ['taskId'])
    assert.deepEqual(await found({ tenantId: 'other' }), [])
  })

  for (const part of placeParts) {
    it(`A6 a list is ordered by the bytes of the ${part}`, async ({ store }) => {
      const base = freshScope()
      for (const filename of textsInByteOrder.toReversed()) {
        const { scope, namespace } = placeWith(part, filename, base)
        await store.putText(scope, 'content', { namespace, filename })
      }
      const filter = part === 'tenantId' ? { userId: base.tenantId } : { tenantId: base.tenantId }
      for (const pageSize of [1, 2, 100]) {
        const claiming = { ...filter, ...claimed }
        assert.deepEqual(await filenames(store, claiming, { pageSize }), textsInByteOrder)
      }
    })
  }

  it('A6 a list is ordered by user, then session, then task, then namespace', async ({ store }) => {
    const { tenantId } = freshScope()
    const names: string[] = []
    for (const userId of ['b', 'a']) {
      for (const sessionId of ['a', 'b']) {
        for (const taskId of ['', 'b', 'a']) {
          for (const namespace of ['b', 'a']) {
            const filename = [userId, sessionId, taskId, namespace].join('/')
            const scope = { tenantId, userId, sessionId, taskId }
            await store.putText(scope, 'content', { namespace, filename })
            names.push(filename)
          }
        }
      }
    }
    for (const pageSize of [1, 2, 100]) {
      const filter = { tenantId, ...claimed }
      assert.deepEqual(await filenames(store, filter, { pageSize }), names.toSorted(compareBytes))
    }
  })

  it('A6 a list is ordered by id within a namespace', async ({ store }) => {
    const scope = freshScope()
    const refs: ArtifactRef[] = []
    for (let index = 0; index < 50; index += 1) {
      refs.push(await store.putText(scope, `content ${index}`))
    }
    const sorted = refs.toSorted((left, right) => compareBytes(left.id, right.id))
    for (const pageSize of [1, 2, 7, 100]) {
      assertSameRefs(await collect(store.list(scope, { pageSize })), sorted)
    }
  })

  for (const count of [0, 1, 2, 3, 100, 101, 250]) {
    it(`A6 a list yields each of ${count} refs once with any page size`, async ({ store }) => {
      const scope = freshScope()
      const puts = Array.from({ length: count }, (_, index) => store.putText(scope, `${index}`))
      const refs = (await Promise.all(puts)).toSorted((left, right) =>
        compareBytes(left.id, right.id),
      )
      assertSameRefs(await collect(store.list(scope)), refs)
      for (const pageSize of [1, 2, 50, 100, 1_000]) {
        if (count > 10 && pageSize < 50) continue
        assertSameRefs(await collect(store.list(scope, { pageSize })), refs)
      }
    })
  }

  it('A6 a list throws at once for malformed arguments', async ({ store }) => {
    const scope = freshScope()
    const assertThrows = (filter: unknown, options?: unknown): Promise<void> =>
      assertFails('invalid_record', () =>
        store.list(malformed(filter), options === undefined ? undefined : malformed(options)),
      )
    for (const pageSize of invalidPageSizes) await assertThrows(scope, { pageSize })
    for (const namespace of [...invalidNames.slice(1), 'x'.repeat(257)]) {
      await assertThrows({ ...scope, namespace })
      await assertThrows({ namespace, ...claimed })
    }
    for (const part of scopeParts) {
      const filter = malformed<ArtifactFilter>({ [part]: '\ud800', ...claimed })
      await assertFails('invalid_identity', () => store.list(filter))
    }
  })
}

const claimed: MaintenanceScope = { maintenanceScoped: true }

/** Returns filters that match nothing, but could match artifacts of another identity. */
function crossingFilters(scope: ReturnType<typeof freshScope>): ArtifactFilter[] {
  const { tenantId, userId, sessionId, taskId } = scope
  return [
    { namespace: tenantId },
    { tenantId },
    { tenantId, userId },
    { tenantId, sessionId, taskId },
    { userId: tenantId, sessionId },
    { userId: tenantId, sessionId, taskId, namespace: 'n' },
    malformed({ tenantId, userId, sessionId: undefined }),
  ]
}

async function filenames(
  store: ArtifactStore,
  filter: ArtifactFilter,
  options?: PageOptions,
): Promise<string[]> {
  return (await collect(store.list(filter, options))).map(({ filename }) => filename)
}
