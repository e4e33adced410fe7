import assert from 'node:assert/strict'
import { DEFAULT_MAX_BYTES, type ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { deleteSession } from '../support/delete-session.ts'

const MAX_BYTES = 10

/** Registers the cases of A5: the size limit is checked before anything is stored. */
export function size({ it, itIfDurable }: ArtifactCases): void {
  it('A5 content of exactly the maximum size is stored', async ({ store, open }) => {
    const limited = await openLimited(store, open)
    const scope = freshScope()
    const ref = await limited.putBytes(scope, new Uint8Array(MAX_BYTES))
    assert.deepEqual(await limited.get(scope, ref.id), new Uint8Array(MAX_BYTES))
    for (const text of ['x'.repeat(MAX_BYTES), 'é'.repeat(MAX_BYTES / 2)]) {
      await assertStored(limited, await putNew(limited, scope, text))
    }
  })

  for (const [method, put] of tooLargePuts) {
    it(`A5 ${method} rejects one byte more, and nothing is stored`, async ({ store, open }) => {
      const limited = await openLimited(store, open)
      const scope = freshScope()
      const kept = await putNew(limited, scope, 'kept')
      await assertFails('artifact_too_large', () => put(limited, scope), method)
      assertSameRefs(await collect(limited.list(scope)), [kept.ref])
      await assertStored(limited, kept)
      await assertStored(limited, await putNew(limited, scope, 'next'))
    })
  }

  it('A5 the size of a text is that of its UTF-8 bytes', async ({ store, open }) => {
    const limited = await openLimited(store, open)
    for (const text of ['é'.repeat(6), '€'.repeat(4), '😀'.repeat(3)]) {
      await assertFails('artifact_too_large', () => limited.putText(freshScope(), text))
    }
  })

  it('A5 the default limit is 64 MiB', async ({ store }) => {
    assert.equal(DEFAULT_MAX_BYTES, 64 * 1024 * 1024)
    const scope = freshScope()
    const tooLarge = new Uint8Array(DEFAULT_MAX_BYTES + 1)
    await assertFails('artifact_too_large', () => store.putBytes(scope, tooLarge))
    assert.equal(await deleteSession(store, scope), 0)
  })

  itIfDurable(
    'A5 content that was stored under a higher limit can be read',
    async ({ store, open }) => {
      const put = await putNew(store, freshScope(), 'more than ten bytes')
      await assertStored(await openLimited(store, open), put)
    },
  )
}

const tooLargePuts: readonly (readonly [
  method: string,
  put: (store: ArtifactStore, scope: ReturnType<typeof freshScope>) => Promise<unknown>,
])[] = [
  ['putBytes', (store, scope) => store.putBytes(scope, new Uint8Array(MAX_BYTES + 1))],
  ['putText', (store, scope) => store.putText(scope, 'x'.repeat(MAX_BYTES + 1))],
  [
    'putBytes of a view',
    (store, scope) => store.scoped(scope).putBytes(new Uint8Array(MAX_BYTES + 1)),
  ],
  ['putText of a view', (store, scope) => store.scoped(scope).putText('x'.repeat(MAX_BYTES + 1))],
  [
    'offload',
    (store, scope) => store.scoped(scope).offload([1, 2, 3, 4, 5, 6], { thresholdBytes: 3 }),
  ],
]

/** Opens a store with a small limit. Closes the first one before, as a backend may be unshared. */
async function openLimited(
  store: ArtifactStore,
  open: (limits: { maxBytes: number }) => Promise<ArtifactStore>,
): Promise<ArtifactStore> {
  await store.close()
  return open({ maxBytes: MAX_BYTES })
}
