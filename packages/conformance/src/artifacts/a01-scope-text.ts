import assert from 'node:assert/strict'
import type { ErrorCode } from '@harborage/core'
import type { ArtifactStore } from '@harborage/artifacts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { invalidTexts, validTexts } from '../support/name-texts.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRefs, assertThere } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { placeNamed, placeParts, type Place, type PlacePart } from './support/places.ts'
import { putNew, type Put } from './support/put-new.ts'

/** A1: what names a scope is kept byte for byte or refused, so that no two names become one. */
export function scopeText({ it }: ArtifactCases): void {
  for (const part of placeParts) {
    it(`A1 no two texts for the ${part} meet, and each is kept as it is`, async ({ store }) => {
      const base = freshScope()
      const places = validTexts.map(([, text]) => placeNamed(part, text, base))
      await assertKeepsApart(store, places)
    })

    for (const [description, text] of invalidTexts) {
      it(`A1 ${description} is refused as the ${part}`, async ({ store }) => {
        const { scope, namespace } = placeNamed(part, text, freshScope())
        const put = (): Promise<unknown> => store.putText(scope, 'content', { namespace })
        await assertFails(refusalOf(part), put)
      })
    }
  }

  it('A1 no two scopes meet by moving text between their parts', async ({ store }) => {
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

function refusalOf(part: PlacePart): ErrorCode {
  return part === 'namespace' ? 'invalid_record' : 'invalid_identity'
}

/** Puts the same content in every place, and finds each as it was put there. */
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
    await assertThere(store, put)
    const { scope, namespace } = put.ref
    assertSameRefs(await collect(store.list({ ...scope, namespace })), [put.ref])
  }
}
