import assert from 'node:assert/strict'
import type { ArtifactRef, ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import { textOf } from '../../support/text-bytes.ts'
import type { Put } from './put-new.ts'

/** Checks that every method finds an artifact, with this content and exactly this ref. */
export async function assertStored(store: ArtifactStore, { ref, text }: Put): Promise<void> {
  const bytes = await store.get(ref.scope, ref.id)
  assert.ok(bytes !== undefined, 'the artifact has to be found')
  assert.equal(textOf(bytes), text, 'the content has to be the same')
  assert.equal(await store.getText(ref.scope, ref.id), text)
  assertSameRef(await store.getRef(ref.scope, ref.id), ref)
  assert.equal(await store.exists(ref.scope, ref.id), true)
}

/** Checks that no method finds an artifact. */
export async function assertAbsent(
  store: ArtifactStore,
  scope: ArtifactScope,
  id: string,
): Promise<void> {
  assert.equal(await store.get(scope, id), undefined, 'the artifact may not be found')
  assert.equal(await store.getText(scope, id), undefined)
  assert.equal(await store.getRef(scope, id), undefined)
  assert.equal(await store.exists(scope, id), false)
  assert.equal(await store.delete(scope, id), false)
}

/** Checks that two refs are equal in every part. */
export function assertSameRef(actual: ArtifactRef | undefined, expected: ArtifactRef): void {
  assert.ok(actual !== undefined, 'the ref has to be found')
  assert.deepEqual(factsOf(actual), factsOf(expected))
}

/** Checks that two lists of refs are equal in every part. */
export function assertSameRefs(
  actual: readonly ArtifactRef[],
  expected: readonly ArtifactRef[],
): void {
  assert.deepEqual(actual.map(factsOf), expected.map(factsOf))
}

function factsOf({ scope, source, createdAt, ...facts }: ArtifactRef): unknown {
  const { tenantId, userId, sessionId, taskId } = scope
  return {
    ...facts,
    scope: { tenantId, userId, sessionId, taskId },
    source: JSON.stringify(source),
    createdAt: createdAt.getTime(),
  }
}
