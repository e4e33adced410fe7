import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertSameRef, assertThere } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { FORGED_DIGITS, forgedPair } from './support/forged-pair.ts'
import { freshScope, neighboursOf, type FullScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'

const [harmless, harmful] = forgedPair
const ROUNDS = 25
const PUTS_OF_EACH = 4

/** A2: 12 digits can be forged, so the whole digest decides which content a put is about. */
export function forgedPairs({ it, itIfShared }: ArtifactCases): void {
  for (const [first, second] of [forgedPair, forgedPair.toReversed()]) {
    if (first === undefined || second === undefined) continue
    const title = first === harmless ? 'the harmless one' : 'the harmful one'

    it(`A2 of a forged pair, ${title} first, both can be fetched`, async ({ store }) => {
      const scope = freshScope()
      const puts = [await putNew(store, scope, first), await putNew(store, scope, second)]
      assert.deepEqual(
        puts.map(({ ref }) => ref.id),
        [`default_${FORGED_DIGITS}`, `default_${digestOf(second)}`],
      )
      for (const put of puts) await assertThere(store, put)
    })
  }

  it('A2 a later put of either of a forged pair returns its own ref', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    for (let round = 0; round < 3; round += 1) {
      assertSameRef(await store.putText(scope, harmless), short.ref)
      assertSameRef(await store.putText(scope, harmful), full.ref)
    }
    assert.equal((await collect(store.list(scope))).length, 2)
  })

  it('A2 a forged pair meets only within one scope and namespace', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope, harmless)
    for (const other of neighboursOf(scope)) {
      assert.equal((await store.putText(other, harmful)).id, `default_${FORGED_DIGITS}`)
    }
    const elsewhere = await store.putText(scope, harmful, { namespace: 'other' })
    assert.equal(elsewhere.id, `other_${FORGED_DIGITS}`)
  })

  it('A2 what has the full id keeps it when the short one is free again', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, short.ref.id), true)
    await assertAbsent(store, scope, short.ref.id)
    await assertThere(store, full)
    assertSameRef(await store.putText(scope, harmful), full.ref)
    await assertAbsent(store, scope, short.ref.id)
  })

  it('A2 of a forged pair, the first one may be deleted and put again', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, short.ref.id), true)
    const again = await putNew(store, scope, harmless)
    assert.equal(again.ref.id, short.ref.id)
    for (const put of [again, full]) {
      await assertThere(store, put)
      assertSameRef(await store.putText(scope, put.text), put.ref)
    }
  })

  it('A2 of a forged pair, the second one may be deleted and put again', async ({ store }) => {
    const { scope, short, full } = await putPair(store)
    assert.equal(await store.delete(scope, full.ref.id), true)
    await assertAbsent(store, scope, full.ref.id)
    await assertThere(store, short)
    const again = await putNew(store, scope, harmful)
    assert.equal(again.ref.id, full.ref.id)
    for (const put of [short, again]) await assertThere(store, put)
  })

  it('A2 of a forged pair, whoever comes first after both were deleted has the short id', async ({
    store,
  }) => {
    const { scope, short, full } = await putPair(store)
    for (const { ref } of [short, full]) assert.equal(await store.delete(scope, ref.id), true)
    const first = await putNew(store, scope, harmful)
    const second = await putNew(store, scope, harmless)
    assert.equal(first.ref.id, `default_${FORGED_DIGITS}`)
    assert.equal(second.ref.id, `default_${digestOf(harmless)}`)
    for (const put of [first, second]) await assertThere(store, put)
  })

  it(`A2 in each of ${ROUNDS} races of a forged pair every put returns its own ref`, async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) await assertFairRace(store, store)
  })

  itIfShared(
    `A2 in each of ${ROUNDS} races of a forged pair through two stores every put returns its own ref`,
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) await assertFairRace(store, other)
    },
  )

  it(`A2 in each of ${ROUNDS} races with a deletion a put of a forged pair returns its own ref`, async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { scope, short, full } = await putPair(store)
      const deleted = round % 2 === 0 ? short : full
      const [, ...refs] = await Promise.all([
        store.delete(scope, deleted.ref.id),
        ...bothOften((text) => store.putText(scope, text)),
      ])
      assertOwnRefs(refs)
      const puts = [await putNew(store, scope, harmless), await putNew(store, scope, harmful)]
      for (const put of puts) await assertThere(store, put)
      assert.equal((await collect(store.list(scope))).length, 2)
    }
  })
}

/** The harmless content under the short id, the harmful one under the full id. */
async function putPair(
  store: ArtifactStore,
): Promise<{ readonly scope: FullScope; readonly short: Put; readonly full: Put }> {
  const scope = freshScope()
  const short = await putNew(store, scope, harmless)
  return { scope, short, full: await putNew(store, scope, harmful) }
}

/** Puts both contents at once, each often, through two stores by turns. */
async function assertFairRace(left: ArtifactStore, right: ArtifactStore): Promise<void> {
  const scope = freshScope()
  const refs = await Promise.all(
    bothOften((text, index) => (index % 2 === 0 ? left : right).putText(scope, text)),
  )
  assertOwnRefs(refs)
  assert.equal(new Set(refs.map(({ id }) => id)).size, 2, 'one id for each content')
  const stored = await collect(left.list(scope))
  assert.equal(stored.length, 2, 'each content is stored once')
  for (const text of forgedPair) {
    const ref = stored.find(({ sha256 }) => sha256 === digestOf(text))
    assert.ok(ref !== undefined, 'both contents are stored')
    await assertThere(left, { ref, text })
    assertSameRef(await right.putText(scope, text), ref)
  }
}

function bothOften(
  put: (text: string, index: number) => Promise<ArtifactRef>,
): Promise<ArtifactRef>[] {
  return Array.from({ length: PUTS_OF_EACH }, (_, index) =>
    forgedPair.map((text) => put(text, index)),
  ).flat()
}

/** Checks that each put was answered with a ref of what it put. */
function assertOwnRefs(refs: readonly ArtifactRef[]): void {
  for (const [index, ref] of refs.entries()) {
    const text = index % 2 === 0 ? harmless : harmful
    assert.equal(ref.sha256, digestOf(text))
    assert.ok([`default_${FORGED_DIGITS}`, `default_${digestOf(text)}`].includes(ref.id))
  }
}
