import assert from 'node:assert/strict'
import type { ArtifactRef } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import { nextTurn } from '../support/event-loop.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import {
  assertAbsent,
  assertSameRef,
  assertSameRefs,
  assertStored,
} from './support/assert-artifact.ts'
import { freshScope, neighborsOf } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A3: equal content is stored once for each scope and namespace. */
export function dedup({ it, itIfDurable, itIfShared, callers }: ArtifactCases): void {
  it('A3 a later put of equal bytes returns the first ref unchanged', async ({ store }) => {
    const scope = freshScope()
    const options = { filename: 'first', mimeType: 'text/first', source: { number: 1 } }
    const first = await putNew(store, scope, 'content', options)
    await untilAfter(first.ref)
    const later = { filename: 'later', mimeType: 'text/later', source: { number: 2 } }
    assertSameRef(await store.putText(scope, 'content', later), first.ref)
    assertSameRef(await store.putBytes(scope, bytesOf('content')), first.ref)
    await assertStored(store, first)
    assertSameRefs(await collect(store.list(scope)), [first.ref])
  })

  it('A3 contents that differ only in one bit or in length are kept apart', async ({ store }) => {
    const scope = freshScope()
    const contents = [
      ...Array.from({ length: 8 }, (_, bit) => Uint8Array.of(1 << bit)),
      ...Array.from({ length: 8 }, (_, length) => new Uint8Array(length)),
    ]
    const refs: ArtifactRef[] = []
    for (const content of contents) refs.push(await store.putBytes(scope, content))
    assert.equal(new Set(refs.map(({ id }) => id)).size, contents.length)
    for (const [index, ref] of refs.entries()) {
      assert.deepEqual(await store.get(scope, ref.id), contents[index])
    }
  })

  it(`A3 ${callers} concurrent puts of equal bytes store one artifact, and all return its ref`, async ({
    store,
  }) => {
    const scope = freshScope()
    const refs = await Promise.all(
      Array.from({ length: callers }, (_, caller) =>
        store.putText(scope, 'content', { filename: `${caller}`, source: { caller } }),
      ),
    )
    const [stored, ...more] = await collect(store.list(scope))
    assert.ok(stored !== undefined && more.length === 0, 'exactly one has to be stored')
    for (const ref of refs) assertSameRef(ref, stored)
    await assertStored(store, { ref: stored, text: 'content' })
  })

  itIfShared(
    `A3 ${callers} concurrent puts of equal bytes through two stores store one artifact`,
    async ({ store, open }) => {
      const other = await open()
      const scope = freshScope()
      const refs = await Promise.all(
        Array.from({ length: callers }, (_, caller) =>
          (caller % 2 === 0 ? store : other).putText(scope, 'content', { source: { caller } }),
        ),
      )
      const stored = await collect(store.list(scope))
      assert.equal(stored.length, 1)
      for (const ref of refs) assertSameRefs([ref], stored)
    },
  )

  it(`A3 ${callers} different contents that are put at once are all stored`, async ({ store }) => {
    const scope = freshScope()
    const puts = await Promise.all(
      Array.from({ length: callers }, (_, caller) => putNew(store, scope, `content ${caller}`)),
    )
    assert.equal(new Set(puts.map(({ ref }) => ref.id)).size, callers)
    for (const put of puts) await assertStored(store, put)
    assert.equal((await collect(store.list(scope))).length, callers)
  })

  it('A3 equal bytes in two namespaces are two artifacts', async ({ store }) => {
    const scope = freshScope()
    const ours = await putNew(store, scope, 'content', { namespace: 'ours', filename: 'ours' })
    const theirs = await putNew(store, scope, 'content', { namespace: 'theirs' })
    assert.equal(theirs.ref.filename, '')
    assert.equal(await store.delete(scope, ours.ref.id), true)
    await assertStored(store, theirs)
  })

  it('A3 equal bytes in other scopes are other artifacts', async ({ store }) => {
    const ours = await putNew(store, freshScope(), 'content', { filename: 'ours' })
    for (const scope of neighborsOf(ours.ref.scope)) {
      const theirs = await putNew(store, scope, 'content')
      assert.equal(theirs.ref.filename, '')
      assert.deepEqual(theirs.ref.scope, scope)
      assert.equal(await store.delete(scope, theirs.ref.id), true)
      await assertStored(store, ours)
    }
  })

  it('A3 content that was deleted is stored again as a new artifact', async ({ store }) => {
    const scope = freshScope()
    const first = await putNew(store, scope, 'content', { filename: 'first' })
    assert.equal(await store.delete(scope, first.ref.id), true)
    await untilAfter(first.ref)
    const second = await putNew(store, scope, 'content', { filename: 'second' })
    assert.equal(second.ref.filename, 'second')
    assert.ok(second.ref.createdAt > first.ref.createdAt)
    await assertStored(store, second)
    assert.equal(await store.delete(scope, second.ref.id), true)
    await assertAbsent(store, scope, second.ref.id)
  })

  itIfDurable(
    'A3 a put of equal bytes returns the first ref after the store was reopened',
    async ({ store, open }) => {
      const first = await putNew(store, freshScope(), 'content', { filename: 'first' })
      await store.close()
      const reopened = await open()
      assertSameRef(await reopened.putText(first.ref.scope, 'content'), first.ref)
    },
  )
}

/** Waits until the clock has advanced past `createdAt`, so that a new artifact has another date. */
async function untilAfter({ createdAt }: ArtifactRef): Promise<void> {
  while (Date.now() <= createdAt.getTime()) await nextTurn()
}
