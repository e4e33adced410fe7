import assert from 'node:assert/strict'
import type { ErrorCode } from '@harborage/core'
import type { ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { invalidTexts, validTexts } from '../support/name-texts.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { placeWith, placeParts, type Place, type PlacePart } from './support/places.ts'
import { putNew, type Put } from './support/put-new.ts'

/**
 * Registers the cases of A1: a name is stored byte for byte or rejected, so that two different
 * names never become the same.
 */
export function scopeText({ it }: ArtifactCases): void {
  for (const part of placeParts) {
    it(`A1 different texts as the ${part} are kept apart and stored unchanged`, async ({
      store,
    }) => {
      const base = freshScope()
      const places = validTexts.map(([, text]) => placeWith(part, text, base))
      await assertKeepsApart(store, places)
    })

    for (const [description, text] of invalidTexts) {
      it(`A1 ${description} is rejected as the ${part}`, async ({ store }) => {
        const { scope, namespace } = placeWith(part, text, freshScope())
        const put = (): Promise<unknown> => store.putText(scope, 'content', { namespace })
        await assertFails(errorCodeOf(part), put)
      })
    }
  }

  it('A1 scopes that differ only in where their parts begin and end are kept apart', async ({
    store,
  }) => {
    const base = freshScope()
    const separators = ['/', ':', '|', ',', '.', '-', '_', ' ', '\n', '\u001f', "','", '","', '\\']
    const places = separators.flatMap((separator) => [
      { scope: { ...base, userId: `a${separator}b`, sessionId: 'c' }, namespace: 'n' },
      { scope: { ...base, userId: 'a', sessionId: `b${separator}c` }, namespace: 'n' },
      { scope: { ...base, taskId: `a${separator}b` }, namespace: 'c' },
      { scope: { ...base, taskId: 'a' }, namespace: `b${separator}c` },
    ])
    await assertKeepsApart(store, places)
  })
}

function errorCodeOf(part: PlacePart): ErrorCode {
  return part === 'namespace' ? 'invalid_record' : 'invalid_identity'
}

/** Puts the same content in every place, then checks each of the artifacts. */
async function assertKeepsApart(store: ArtifactStore, places: readonly Place[]): Promise<void> {
  const puts: Put[] = []
  for (const [index, { scope, namespace }] of places.entries()) {
    const put = await putNew(store, scope, 'content', { namespace, filename: `${index}` })
    assert.deepEqual(
      { ...put.ref.scope, namespace: put.ref.namespace, filename: put.ref.filename },
      { ...scope, namespace, filename: `${index}` },
    )
    puts.push(put)
  }
  for (const put of puts) {
    await assertStored(store, put)
    const { scope, namespace } = put.ref
    assertSameRefs(await collect(store.list({ ...scope, namespace })), [put.ref])
  }
}
