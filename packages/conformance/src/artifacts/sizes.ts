import assert from 'node:assert/strict'
import { allOfUser } from '@harborage/core'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { longName } from '../support/long-names.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import {
  assertAbsent,
  assertSameRef,
  assertSameRefs,
  assertStored,
} from './support/assert-artifact.ts'
import { freshScope, type FullScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'
import { sessionOf } from '../support/session-of.ts'
import { deleteSession } from '../support/delete-session.ts'

/** Above the limits of columns of 64 KiB and of 16 MiB. */
const LARGE_BYTES = 2 ** 24 + 1
const NAME_BYTES = 256

/** Registers cases with sizes above those of a page, a batch, a column and a 32-bit number. */
export function sizes({ it, itIfShared, many }: ArtifactCases): void {
  it(`A6 a list yields each of ${many} refs once, and A9 deleteAll of their user deletes each`, async ({
    store,
  }) => {
    const scope = freshScope()
    const refs = await putMany(store, () => scope, many)
    const sorted = refs.toSorted((left, right) => compareBytes(left.id, right.id))
    for (const pageSize of [100, 1_000]) {
      assertSameRefs(await collect(store.list(scope, { pageSize })), sorted)
    }
    const counts: number[] = []
    const answer = await store.deleteAll(
      allOfUser({ tenantId: scope.tenantId, userId: scope.userId }),
      {
        onProgress: ({ deleted }) => void counts.push(deleted),
      },
    )
    assert.deepEqual(answer, { deleted: many, remaining: 0 })
    assert.equal(counts.at(-1), many)
    assertSameRefs(await collect(store.list(scope)), [])
  })

  it(`S8 deleteAll removes and counts ${many} artifacts`, async ({ store }) => {
    const scope = freshScope()
    await putMany(store, (index) => ({ ...scope, taskId: `${index % 3}` }), many)
    assert.equal(await deleteSession(store, scope), many)
    assertSameRefs(await collect(store.list(sessionOf(scope))), [])
    assert.equal(await deleteSession(store, scope), 0)
  })

  it(`S7 ${LARGE_BYTES} bytes are returned unchanged`, async ({ store }) => {
    const scope = freshScope()
    const bytes = new Uint8Array(LARGE_BYTES).fill(0xc3)
    bytes[LARGE_BYTES - 1] = 1
    const ref = await store.putBytes(scope, bytes)
    assert.equal(ref.sizeBytes, LARGE_BYTES)
    const held = await store.get(scope, ref.id)
    // `deepEqual` would print all of the bytes if they differed.
    assert.ok(
      held !== undefined && Buffer.compare(held, bytes) === 0,
      'the bytes have to be the same',
    )
    assertSameRef(await store.putBytes(scope, bytes), ref)
    assert.equal(await store.delete(scope, ref.id), true)
  })

  it('A1 scopes whose names all have the maximum length are kept apart', async ({ store }) => {
    const { tenantId } = freshScope()
    const puts: Put[] = []
    for (let variant = 0; variant < 32; variant += 1) {
      const ending = (part: number): string => ((variant >> part) % 2 === 0 ? 'é' : 'è')
      const name = (part: number): string => longName(NAME_BYTES, ending(part))
      const scope: FullScope = {
        tenantId: longName(NAME_BYTES, `${tenantId}${ending(0)}`),
        userId: name(1),
        sessionId: name(2),
        taskId: name(3),
      }
      const options = { namespace: name(4), filename: name(5), mimeType: name(6) }
      const put = await putNew(store, scope, 'content', options)
      assertSameRef(put.ref, { ...put.ref, ...options, scope })
      puts.push(put)
    }
    for (const put of puts) {
      await assertStored(store, put)
      const { scope, namespace } = put.ref
      assertSameRefs(await collect(store.list({ ...scope, namespace })), [put.ref])
    }
  })

  itIfShared(
    'S8 a store sees what another store put or deleted after its own reads',
    async ({ store, open }) => {
      const other = await open()
      const scope = freshScope()
      const readAll = async (expected: readonly Put[]): Promise<void> => {
        for (const put of expected) await assertStored(store, put)
        const refs = expected.map(({ ref }) => ref)
        const sorted = refs.toSorted((left, right) => compareBytes(left.id, right.id))
        assertSameRefs(await collect(store.list(scope)), sorted)
      }
      const [kept, deleted] = [
        await putNew(store, scope, 'kept'),
        await putNew(store, scope, 'gone'),
      ]
      await readAll([kept, deleted])
      assert.equal(await other.delete(scope, deleted.ref.id), true)
      await readAll([kept])
      await assertAbsent(store, scope, deleted.ref.id)
      const again = await putNew(other, scope, 'gone', { filename: 'again' })
      await readAll([kept, again])
      assert.equal(await deleteSession(other, scope), 2)
      await readAll([])
      for (const { ref } of [kept, again]) await assertAbsent(store, scope, ref.id)
      await assertStored(store, await putNew(store, scope, 'kept', { filename: 'new' }))
    },
  )
}

async function putMany(
  store: ArtifactStore,
  scopeAt: (index: number) => FullScope,
  count: number,
): Promise<ArtifactRef[]> {
  const puts = Array.from({ length: count }, (_, index) =>
    store.putText(scopeAt(index), `${index}`),
  )
  return Promise.all(puts)
}
