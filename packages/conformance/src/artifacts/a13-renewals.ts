import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef, assertSameRefs } from './support/assert-artifact.ts'
import { collidingPair } from './support/colliding-pair.ts'
import { assertFound, assertHidden } from './support/expiring.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A13 about puts of content that is there, or was until it expired. */
export function renewals({ it, itIfShared, callers }: ArtifactCases): void {
  it('A13 a put of equal content replaces the expiry, and nothing else', async ({ store }) => {
    const scope = freshScope()
    const { ref, text } = await putNew(store, scope, 'content', { filename: 'first' })
    for (const expiresAt of [FUTURE, new Date(8.64e15), undefined, FUTURE, undefined]) {
      const later = await store.putText(scope, text, { filename: 'later', expiresAt })
      assertSameRef(later, { ...ref, expiresAt })
      await assertFound(store, later, text)
      assertSameRefs(await collect(store.list(scope)), [later])
    }
    const expired = await store.putText(scope, text, { expiresAt: PAST })
    assertSameRef(expired, { ...ref, expiresAt: PAST })
    await assertHidden(store, expired)
  })

  for (const expiresAt of [undefined, FUTURE, PAST]) {
    const name = expiresAt === PAST ? 'that has expired, too,' : 'that has not'
    const kind = expiresAt === undefined ? 'without an expiry' : 'with one'
    it(`A13 a put over expired content is as one of new content: ${kind} ${name}`, async ({
      store,
    }) => {
      const scope = freshScope()
      const first = { filename: 'first', mimeType: 'text/first', expiresAt: PAST }
      const { ref, text } = await putNew(store, scope, 'content', first)
      const given = { filename: 'next', mimeType: 'text/next', source: { next: true } }
      const next = await store.putText(scope, text, { ...given, expiresAt })
      const { filename, mimeType, source } = next
      assert.deepEqual({ filename, mimeType, source }, given)
      assert.equal(next.id, ref.id)
      assert.ok(next.createdAt >= ref.createdAt)
      if (expiresAt === PAST) await assertHidden(store, next)
      else await assertFound(store, next, text)
      assertSameRefs(await collect(store.list(scope, { expired: true })), [next])
    })
  }

  it('A13 expired content keeps its short id from other content until it is removed', async ({
    store,
  }) => {
    const scope = freshScope()
    const [one, other] = collidingPair
    const { ref } = await putNew(store, scope, one, { expiresAt: PAST })
    const beside = await putNew(store, scope, other)
    assert.ok(beside.ref.id.endsWith(beside.ref.sha256))
    await assertHidden(store, ref)
    await assertFound(store, beside.ref, beside.text)
    // Expired itself, and free to take the short id once that is free.
    await store.putText(scope, other, { expiresAt: PAST })
    assert.equal((await store.putText(scope, other)).id, beside.ref.id)
    await store.putText(scope, other, { expiresAt: PAST })
    assert.equal(await store.delete(scope, ref.id), true)
    const moved = await putNew(store, scope, other)
    assert.equal(moved.ref.id, ref.id)
    assertSameRefs(await collect(store.list(scope, { expired: true })), [moved.ref])
  })

  it(`A13 of ${callers} puts over expired content one stores it, and all return its ref`, async ({
    store,
  }) => {
    const scope = freshScope()
    for (const expiresAt of [undefined, FUTURE]) {
      await store.putText(scope, 'content', { expiresAt: PAST })
      const refs = await atOnce(callers, (caller) => put(store, scope, caller, expiresAt))
      await assertOneStored(store, scope, refs)
    }
  })

  itIfShared(
    `A13 of ${callers} puts over expired content through two stores one stores it`,
    async ({ store, open }) => {
      const other = await open()
      const scope = freshScope()
      await store.putText(scope, 'content', { expiresAt: PAST })
      const refs = await atOnce(callers, (caller) =>
        put(caller % 2 === 0 ? store : other, scope, caller, FUTURE),
      )
      await assertOneStored(store, scope, refs)
    },
  )

  it(`A13 of ${callers} puts with different expiries one is the last`, async ({ store }) => {
    const scope = freshScope()
    const { ref } = await putNew(store, scope, 'content')
    const refs = await atOnce(callers, (caller) =>
      put(store, scope, caller, new Date(FUTURE.getTime() - caller)),
    )
    for (const each of refs) assertSameRef(each, { ...ref, expiresAt: each.expiresAt })
    const [left, ...more] = await collect(store.list(scope, { expired: true }))
    assert.ok(left !== undefined && more.length === 0)
    assert.ok(refs.some(({ expiresAt }) => expiresAt?.getTime() === left.expiresAt?.getTime()))
    await assertFound(store, left, 'content')
  })
}

function atOnce(
  callers: number,
  call: (caller: number) => Promise<ArtifactRef>,
): Promise<readonly ArtifactRef[]> {
  return Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
}

function put(
  store: ArtifactStore,
  scope: FullScope,
  caller: number,
  expiresAt: Date | undefined,
): Promise<ArtifactRef> {
  return store.putText(scope, 'content', { filename: `${caller}`, expiresAt })
}

async function assertOneStored(
  store: ArtifactStore,
  scope: FullScope,
  refs: readonly ArtifactRef[],
): Promise<void> {
  const [stored, ...more] = await collect(store.list(scope, { expired: true }))
  assert.ok(stored !== undefined && more.length === 0, 'exactly one has to be stored')
  for (const ref of refs) assertSameRef(ref, stored)
  await assertFound(store, stored, 'content')
}
