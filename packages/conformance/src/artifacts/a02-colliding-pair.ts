import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRef, assertStored } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { SHARED_DIGITS, collidingPair } from './support/colliding-pair.ts'
import { freshScope, neighborsOf, type FullScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'

const [harmless, harmful] = collidingPair
const MOST_ROUNDS = 25
const PUTS_OF_EACH = 4

/**
 * Registers the cases of A2: 12 digits of a digest can be made to collide, so the full digest
 * identifies a content.
 */
export function collidingContents({ it, itIfShared, ...pace }: ArtifactCases): void {
  const rounds = pace.rounds(MOST_ROUNDS)
  for (const [first, second] of [collidingPair, collidingPair.toReversed()]) {
    if (first === undefined || second === undefined) continue
    const title = first === harmless ? 'harmless' : 'harmful'

    it(`A2 two contents with colliding short ids can both be fetched, the ${title} one put first`, async ({
      store,
    }) => {
      const scope = freshScope()
      const puts = [await putNew(store, scope, first), await putNew(store, scope, second)]
      assert.deepEqual(
        puts.map(({ ref }) => ref.id),
        [`default_${SHARED_DIGITS}`, `default_${digestOf(second)}`],
      )
      for (const put of puts) await assertStored(store, put)
    })
  }

  it('A2 a later put of either of two colliding contents returns its own ref', async ({
    store,
  }) => {
    const { scope, short, full } = await putPair(store)
    for (let round = 0; round < 3; round += 1) {
      assertSameRef(await store.putText(scope, harmless), short.ref)
      assertSameRef(await store.putText(scope, harmful), full.ref)
    }
    assert.equal((await collect(store.list(scope))).length, 2)
  })

  it('A2 contents collide only within one scope and namespace', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope, harmless)
    for (const other of neighborsOf(scope)) {
      assert.equal((await store.putText(other, harmful)).id, `default_${SHARED_DIGITS}`)
    }
    const elsewhere = await store.putText(scope, harmful, { namespace: 'other' })
    assert.equal(elsewhere.id, `other_${SHARED_DIGITS}`)
  })

  it('A2 a content with the full id keeps it when the short id is free again', async ({
    store,
  }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, short.ref.id), true)
    await assertAbsent(store, scope, short.ref.id)
    await assertStored(store, full)
    assertSameRef(await store.putText(scope, harmful), full.ref)
    await assertAbsent(store, scope, short.ref.id)
  })

  it('A2 the first of two colliding contents may be deleted and put again', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, short.ref.id), true)
    const again = await putNew(store, scope, harmless)
    assert.equal(again.ref.id, short.ref.id)
    for (const put of [again, full]) {
      await assertStored(store, put)
      assertSameRef(await store.putText(scope, put.text), put.ref)
    }
  })

  it('A2 the second of two colliding contents may be deleted and put again', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, full.ref.id), true)
    await assertAbsent(store, scope, full.ref.id)
    await assertStored(store, short)
    const again = await putNew(store, scope, harmful)
    assert.equal(again.ref.id, full.ref.id)
    for (const put of [short, again]) await assertStored(store, put)
  })

  it('A2 once both colliding contents are deleted, the next one that is put has the short id', async ({
    store,
  }) => {
    const { scope, short, full } = await putPair(store)
    for (const { ref } of [short, full]) assert.equal(await store.delete(scope, ref.id), true)
    const first = await putNew(store, scope, harmful)
    const second = await putNew(store, scope, harmless)
    assert.equal(first.ref.id, `default_${SHARED_DIGITS}`)
    assert.equal(second.ref.id, `default_${digestOf(harmless)}`)
    for (const put of [first, second]) await assertStored(store, put)
  })

  it(`A2 in each of ${rounds} races of colliding contents every put returns its own ref`, async ({
    store,
  }) => {
    for (let round = 0; round < rounds; round += 1) await assertOwnRefsInRace(store, store)
  })

  itIfShared(
    `A2 in each of ${rounds} races of colliding contents in two stores every put returns its own ref`,
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < rounds; round += 1) await assertOwnRefsInRace(store, other)
    },
  )

  it(`A2 in each of ${rounds} races with a delete every put of a colliding content returns its own ref`, async ({
    store,
  }) => {
    for (let round = 0; round < rounds; round += 1) {
      const { scope, short, full } = await putPair(store)
      const deleted = round % 2 === 0 ? short : full
      const [, ...refs] = await Promise.all([
        store.delete(scope, deleted.ref.id),
        ...putBothRepeatedly((text) => store.putText(scope, text)),
      ])
      assertOwnRefs(refs)
      const puts = [await putNew(store, scope, harmless), await putNew(store, scope, harmful)]
      for (const put of puts) await assertStored(store, put)
      assert.equal((await collect(store.list(scope))).length, 2)
    }
  })
}

/** Puts the harmless content, which gets the short id, then the harmful one with the full id. */
async function putPair(
  store: ArtifactStore,
): Promise<{ readonly scope: FullScope; readonly short: Put; readonly full: Put }> {
  const scope = freshScope()
  const short = await putNew(store, scope, harmless)
  return { scope, short, full: await putNew(store, scope, harmful) }
}

/** Puts both contents at the same time and repeatedly, alternating between two stores. */
async function assertOwnRefsInRace(left: ArtifactStore, right: ArtifactStore): Promise<void> {
  const scope = freshScope()
  const refs = await Promise.all(
    putBothRepeatedly((text, index) => (index % 2 === 0 ? left : right).putText(scope, text)),
  )
  assertOwnRefs(refs)
  assert.equal(new Set(refs.map(({ id }) => id)).size, 2, 'one id for each content')
  const stored = await collect(left.list(scope))
  assert.equal(stored.length, 2, 'each content is stored once')
  for (const text of collidingPair) {
    const ref = stored.find(({ sha256 }) => sha256 === digestOf(text))
    assert.ok(ref !== undefined, 'both contents are stored')
    await assertStored(left, { ref, text })
    assertSameRef(await right.putText(scope, text), ref)
  }
}

function putBothRepeatedly(
  put: (text: string, index: number) => Promise<ArtifactRef>,
): Promise<ArtifactRef>[] {
  return Array.from({ length: PUTS_OF_EACH }, (_, index) =>
    collidingPair.map((text) => put(text, index)),
  ).flat()
}

/** Checks that each put returned a ref of its own content. */
function assertOwnRefs(refs: readonly ArtifactRef[]): void {
  for (const [index, ref] of refs.entries()) {
    const text = index % 2 === 0 ? harmless : harmful
    assert.equal(ref.sha256, digestOf(text))
    assert.ok([`default_${SHARED_DIGITS}`, `default_${digestOf(text)}`].includes(ref.id))
  }
}
