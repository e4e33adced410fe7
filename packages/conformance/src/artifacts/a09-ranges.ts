import assert from 'node:assert/strict'
import type {
  ArtifactFilter,
  ArtifactListOptions,
  ArtifactRef,
  ArtifactStore,
} from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { sessionOf } from '../support/session-of.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs } from './support/assert-artifact.ts'
import { freshScope, neighborsOf, type FullScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

const orders = ['ascending', 'descending'] as const

/** Registers the cases of A9: a list goes either way, between bounds and up to a limit. */
export function ranges({ it }: ArtifactCases): void {
  it('A9 a descending list is the reverse of the ascending one', async ({ store }) => {
    const { filters } = await putTree(store)
    for (const filter of filters) {
      const ascending = await collect(store.list(filter, { order: 'ascending' }))
      assertSameRefs(await collect(store.list(filter)), ascending)
      for (const pageSize of [1, 3, 100]) {
        const descending = await collect(store.list(filter, { order: 'descending', pageSize }))
        assertSameRefs(descending, ascending.toReversed())
      }
    }
  })

  it('A9 a list between two bounds has the first one and not the second', async ({ store }) => {
    const { filters } = await putTree(store)
    for (const filter of filters) {
      const all = await collect(store.list(filter))
      const step = Math.floor(all.length / 3)
      const places = [undefined, ...all.keys()].filter((place) => (place ?? 0) % step === 0)
      for (const from of places) {
        for (const to of places) {
          const expected = all.slice(from ?? 0, to)
          const bounds = { ...boundAt('from', all, from), ...boundAt('to', all, to) }
          await assertRange(store, filter, bounds, expected, 3)
        }
      }
    }
  })

  it('A9 a bound need not exist', async ({ store }) => {
    const scope = freshScope()
    const refs: ArtifactRef[] = []
    for (const namespace of ['b', 'd', 'f']) {
      refs.push((await putNew(store, scope, 'content', { namespace })).ref)
    }
    const [b, d, f] = refs
    assert.ok(b !== undefined && d !== undefined && f !== undefined)
    await store.delete(scope, d.id)
    const ranges: readonly [ArtifactListOptions, readonly ArtifactRef[]][] = [
      [{ from: d.id }, [f]],
      [{ to: d.id }, [b]],
      [{ from: 'a_0', to: 'z_0' }, [b, f]],
      [{ from: 'b_' }, [b, f]],
      [{ from: 'b_z' }, [f]],
      [{ from: 'b' }, [b, f]],
      [{ to: 'b_g', from: 'b_0' }, [b]],
      [{ from: 'c_\u{10000}', to: 'e_\uffff' }, []],
      [{ from: 'z_0' }, []],
      [{ to: '_' }, []],
      [{ from: f.id, to: b.id }, []],
      [{ from: b.id, to: b.id }, []],
    ]
    for (const [bounds, expected] of ranges) await assertRange(store, scope, bounds, expected, 1)
  })

  it('A9 a list has no more refs than its limit', async ({ store }) => {
    const { filters } = await putTree(store)
    for (const filter of filters) {
      const all = await collect(store.list(filter))
      for (const limit of [0, 1, 3, all.length, all.length + 1]) {
        for (const pageSize of [2, 100]) {
          const options = { limit, pageSize }
          assertSameRefs(await collect(store.list(filter, options)), all.slice(0, limit))
        }
        const newest = await collect(store.list(filter, { limit, order: 'descending' }))
        assertSameRefs(newest, all.toReversed().slice(0, limit))
      }
      const [first, second, third] = all
      if (first === undefined || second === undefined || third === undefined) continue
      const between = { from: second, to: all.at(-1) ?? first, limit: 1 }
      assertSameRefs(await collect(store.list(filter, between)), [second])
    }
  })

  it('A9 an id is a bound within one scope, and a ref in a wider list', async ({ store }) => {
    const scope = freshScope()
    for (const text of ['one', 'two', 'three']) await putNew(store, scope, text)
    const [first, second, third] = await collect(store.list(scope))
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    const session = sessionOf(scope)
    for (const bound of [second, second.id, { scope, id: second.id }]) {
      await assertRange(store, scope, { from: bound }, [second, third], 100)
      for (const order of orders) {
        const options = { to: bound, order }
        assertSameRefs(await collect(store.scoped(scope).list(options)), [first])
      }
    }
    await assertRange(store, session, { from: second }, [second, third], 100)
    for (const options of [{ from: second.id }, { to: second.id }]) {
      await assertFails('invalid_record', () => store.list(session, options))
    }
    const ofSession = { scope: session, id: second.id }
    await assertRange(store, { ...session, taskId: '' }, { from: ofSession }, [], 100)
  })

  it('A9 a bound outside of the filter is rejected', async ({ store }) => {
    const { ref } = await putNew(store, freshScope(), 'content', { namespace: 'n' })
    for (const scope of neighborsOf(ref.scope)) {
      for (const bound of ['from', 'to'] as const) {
        const options = { [bound]: ref }
        await assertFails('scope_mismatch', () => store.list(scope, options))
        await assertFails('scope_mismatch', () => store.scoped(scope).list(options))
      }
    }
    const inNamespace = { ...ref.scope, namespace: 'other' }
    await assertFails('scope_mismatch', () => store.list(inNamespace, { from: ref.id }))
    const named = { ...ref.scope, namespace: 'n' }
    assertSameRefs(await collect(store.list(named, { from: ref })), [ref])
  })

  it('A9 a list rejects malformed orders, limits and bounds at once', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const { scope } = ref
    const wrong: unknown[] = ['asc', 'Descending', '', null, 1, {}].map((order) => ({ order }))
    for (const limit of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      wrong.push({ limit })
    }
    for (const bound of [null, '', 7, 'a\0b', '\ud800', 'x'.repeat(322)]) {
      const ofScope = { scope, id: bound }
      wrong.push({ from: bound }, { to: bound }, { from: ofScope }, { to: ofScope })
    }
    for (const options of wrong) {
      await assertFails('invalid_record', () => store.list(scope, malformed(options)))
      await assertFails('invalid_record', () => store.scoped(scope).list(malformed(options)))
    }
    for (const bound of [[], { id: ref.id }, { scope: { ...scope, userId: '' }, id: ref.id }]) {
      await assertFails('identity_required', () => store.list(scope, malformed({ from: bound })))
    }
  })

  it('A9 a list captures its bounds when it is called', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const bound = { scope: { ...ref.scope }, id: ref.id }
    const listed = store.list(ref.scope, { from: bound })
    bound.scope.userId = 'changed'
    bound.id = 'z_0'
    assertSameRefs(await collect(listed), [ref])
  })

  it('A9 a descending list yields the refs that stay exactly once while others come and go', async ({
    store,
  }) => {
    const scope = freshScope()
    const namespaces = ['b', 'd', 'f', 'h', 'j']
    for (const namespace of namespaces) await putNew(store, scope, 'content', { namespace })
    const options = { order: 'descending', pageSize: 2 } as const
    const seen: string[] = []
    for await (const ref of store.list(scope, options)) {
      seen.push(ref.namespace)
      if (!namespaces.includes(ref.namespace)) continue
      for (const namespace of [`${ref.namespace}-after`, 'a', 'z']) {
        await putNew(store, scope, 'content', { namespace })
      }
      if (ref.namespace !== 'f') await store.delete(scope, ref.id)
    }
    assert.deepEqual(
      seen.filter((namespace) => namespaces.includes(namespace)),
      namespaces.toReversed(),
    )
    assert.equal(new Set(seen).size, seen.length, 'no ref may appear twice')
    assert.ok(!seen.includes('z'), 'what comes before the place of the walk may not appear')
  })
}

interface Tree {
  /** A task with its namespaces, a session, a user and a tenant. */
  readonly filters: readonly ArtifactFilter[]
}

/** Puts artifacts in several places at each level, and others beside them. */
async function putTree(store: ArtifactStore): Promise<Tree> {
  const scope = freshScope()
  const scopes: FullScope[] = [scope]
  for (const other of neighborsOf(scope)) scopes.push(other)
  scopes.push({ ...scope, taskId: '' }, { ...scope, userId: 'bob' })
  for (const each of scopes) {
    for (const namespace of ['a', 'b']) {
      await putNew(store, each, 'content', { namespace })
    }
  }
  for (const text of ['one', 'two', 'three']) await putNew(store, scope, text)
  const { tenantId, userId } = scope
  const claim = { maintenanceScoped: true } as const
  return {
    filters: [scope, sessionOf(scope), { tenantId, userId, ...claim }, { tenantId, ...claim }],
  }
}

function boundAt(
  name: 'from' | 'to',
  refs: readonly ArtifactRef[],
  place: number | undefined,
): ArtifactListOptions {
  const ref = place === undefined ? undefined : refs[place]
  return ref === undefined ? {} : { [name]: ref }
}

/** Checks the refs between bounds in both orders. */
async function assertRange(
  store: ArtifactStore,
  filter: ArtifactFilter,
  bounds: ArtifactListOptions,
  expected: readonly ArtifactRef[],
  pageSize: number,
): Promise<void> {
  for (const order of orders) {
    const listed = await collect(store.list(filter, { ...bounds, order, pageSize }))
    assertSameRefs(listed, order === 'ascending' ? expected : expected.toReversed())
  }
}
