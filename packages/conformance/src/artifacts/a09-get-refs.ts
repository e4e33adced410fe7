import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import { invalidNames } from '../support/malformed-values.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef } from './support/assert-artifact.ts'
import { collidingPair } from './support/colliding-pair.ts'
import { digestOf } from './support/digest.ts'
import { freshScope, neighborsOf, scopeParts } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

const MAX_IDS = 1_000
const ABSENT = 'default_0123456789ab'

/** Registers the cases of A9: `getRefs` answers for many ids at once, each in its place. */
export function getRefs({ it }: ArtifactCases): void {
  it('A9 getRefs returns complete refs in the order of the ids', async ({ store }) => {
    const scope = freshScope()
    const refs: ArtifactRef[] = []
    for (const namespace of ['b', 'a', 'c']) {
      const options = { namespace, filename: `${namespace}.txt`, source: { of: namespace } }
      for (const text of ['one', 'two']) refs.push((await putNew(store, scope, text, options)).ref)
    }
    for (const asked of [refs, refs.toReversed(), refs.slice(2, 3)]) {
      assertRefs(await store.getRefs(scope, idsOf(asked)), asked)
    }
  })

  it('A9 getRefs has undefined in the place of each absent artifact', async ({ store }) => {
    const scope = freshScope()
    const { ref: first } = await putNew(store, scope, 'first')
    const { ref: last } = await putNew(store, scope, 'last')
    const { ref: gone } = await putNew(store, scope, 'gone')
    await store.delete(scope, gone.id)
    const ids = [ABSENT, first.id, gone.id, 'no id at all', last.id, ABSENT]
    const expected = [undefined, first, undefined, undefined, last, undefined]
    assertRefs(await store.getRefs(scope, ids), expected)
    assertRefs(await store.getRefs(scope, [ABSENT]), [undefined])
  })

  it('A9 getRefs of no ids returns none', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    assertRefs(await store.getRefs(ref.scope, []), [])
  })

  it('A9 getRefs returns a ref of its own for each place of an id', async ({ store }) => {
    const { ref } = await putNew(store, freshScope(), 'content', { source: { deep: { a: 1 } } })
    const refs = await store.getRefs(ref.scope, [ref.id, ref.id, ABSENT, ref.id])
    assertRefs(refs, [ref, ref, undefined, ref])
    const [changed, ...others] = refs
    assert.ok(changed !== undefined)
    changed.createdAt.setTime(0)
    Reflect.set(changed.scope, 'userId', 'changed')
    Reflect.set(Object(changed.source['deep']), 'a', 'changed')
    assertRefs(others, [ref, undefined, ref])
  })

  it('A9 getRefs matches ids exactly', async ({ store }) => {
    const scope = freshScope()
    const [harmless, harmful] = collidingPair
    const refs: ArtifactRef[] = []
    for (const namespace of ['a', 'a_', '_', 'A', 'a%', '["a"]', "a'", 'a\u{10000}']) {
      for (const text of [harmless, harmful]) {
        refs.push((await putNew(store, scope, text, { namespace })).ref)
      }
    }
    assertRefs(await store.getRefs(scope, idsOf(refs)), refs)
    const others = refs.map(({ id }) => `${id.slice(0, -1)}%`)
    const full = `b_${digestOf(harmless)}`
    const none = [...others, full, full.toUpperCase()]
    assertRefs(
      await store.getRefs(scope, none),
      none.map(() => undefined),
    )
  })

  for (const [index, part] of scopeParts.entries()) {
    it(`A9 getRefs finds nothing of another ${part}`, async ({ store }) => {
      const theirs = await putNew(store, freshScope(), 'theirs')
      const scope = neighborsOf(theirs.ref.scope)[index] ?? freshScope()
      const ours = await putNew(store, scope, 'ours')
      const ids = [theirs.ref.id, ours.ref.id]
      assertRefs(await store.getRefs(scope, ids), [undefined, ours.ref])
      assertRefs(await store.scoped(scope).getRefs(ids), [undefined, ours.ref])
    })
  }

  it('A9 getRefs takes up to 1,000 ids', async ({ store }) => {
    const scope = freshScope()
    const { ref: first } = await putNew(store, scope, 'first')
    const { ref: last } = await putNew(store, scope, 'last')
    const ids = Array.from({ length: MAX_IDS }, (_, place) => `default_${digestOf(`${place}`)}`)
    const many = [first.id, ...ids.slice(2), last.id]
    const refs = await store.getRefs(scope, many)
    assert.equal(refs.length, MAX_IDS)
    assert.equal(refs.filter((ref) => ref !== undefined).length, 2)
    assertRefs([refs[0], refs.at(-1)], [first, last])
    const more = [...many, ABSENT]
    await assertFails('invalid_record', () => store.getRefs(scope, more))
    await assertFails('invalid_record', () => store.scoped(scope).getRefs(more))
  })

  it('A9 getRefs rejects what is no list of ids', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const { scope, id } = ref
    const wrong: unknown[] = [undefined, null, id, 7, {}, new Set([id]), { length: 1, 0: id }]
    for (const each of invalidNames) wrong.push([each], [id, each])
    const sparse: unknown[] = [id]
    sparse[2] = id
    for (const ids of [...wrong, sparse]) {
      await assertFails('invalid_record', () => store.getRefs(scope, malformed(ids)))
      await assertFails('invalid_record', () => store.scoped(scope).getRefs(malformed(ids)))
    }
  })

  it('A9 getRefs captures its arguments when it is called', async ({ store }) => {
    const { ref } = await putNew(store, freshScope())
    const scope = { ...ref.scope }
    const ids = [ref.id, ABSENT]
    const reading = store.getRefs(scope, ids)
    scope.userId = 'changed'
    ids.length = 1
    ids[0] = 'changed'
    assertRefs(await reading, [ref, undefined])
  })

  it('A9 getRefs of a view takes ids and refs of its scope', async ({ store }) => {
    const one = await putNew(store, freshScope(), 'one')
    const view = store.scoped(one.ref.scope)
    const two = await view.putText('two')
    assertRefs(await view.getRefs([two, one.ref.id, ABSENT, one.ref]), [
      two,
      one.ref,
      undefined,
      one.ref,
    ])
    assertRefs(await view.getRefs([]), [])
  })

  it('A9 getRefs of a view rejects a ref of another scope', async ({ store }) => {
    const theirs = await putNew(store, freshScope())
    for (const scope of neighborsOf(theirs.ref.scope)) {
      const ours = await putNew(store, scope)
      const look = (): Promise<unknown> => store.scoped(scope).getRefs([ours.ref, theirs.ref])
      await assertFails('scope_mismatch', look)
    }
  })
}

type Refs = Awaited<ReturnType<ArtifactStore['getRefs']>>

function assertRefs(actual: Refs, expected: Refs): void {
  assert.equal(actual.length, expected.length, 'there has to be an answer in each place')
  for (const [place, ref] of expected.entries()) {
    if (ref === undefined) assert.equal(actual[place], undefined, `place ${place} has to be empty`)
    else assertSameRef(actual[place], ref)
  }
}

function idsOf(refs: readonly ArtifactRef[]): string[] {
  return refs.map(({ id }) => id)
}
