import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { collect } from '../../support/collect.ts'
import { assertSameRef } from './assert-artifact.ts'

/** Resolves to what each read finds of an artifact, by the name of the method. */
async function everyRef(
  store: ArtifactStore,
  { scope, id }: ArtifactRef,
): Promise<Readonly<Record<string, ArtifactRef | undefined>>> {
  const view = store.scoped(scope)
  const isIt = (ref: ArtifactRef): boolean => ref.id === id
  return {
    getRef: await store.getRef(scope, id),
    getRefs: (await store.getRefs(scope, [id])).at(0),
    list: (await collect(store.list(scope))).find(isIt),
    'list, in the descending order': (
      await collect(store.list(scope, { order: 'descending' }))
    ).find(isIt),
    'list of a view': (await collect(view.list())).find(isIt),
  }
}

/** Checks that no read finds an artifact, and that it is still there. */
export async function assertHidden(store: ArtifactStore, ref: ArtifactRef): Promise<void> {
  const { scope, id } = ref
  for (const [read, found] of Object.entries(await everyRef(store, ref))) {
    assert.equal(found, undefined, `${read} finds the artifact`)
  }
  assert.equal(await store.get(scope, id), undefined, 'get finds the artifact')
  assert.equal(await store.getText(scope, id, { verify: 'digest' }), undefined)
  assert.equal(await store.exists(scope, id), false)
  assert.ok((await store.get(scope, id, { expired: true })) !== undefined)
  const all = await collect(store.list(scope, { expired: true }))
  assertSameRef(
    all.find((each) => each.id === id),
    ref,
  )
}

/** Checks that every read finds an artifact, exactly with this ref. */
export async function assertFound(
  store: ArtifactStore,
  ref: ArtifactRef,
  text: string,
): Promise<void> {
  for (const found of Object.values(await everyRef(store, ref))) assertSameRef(found, ref)
  assert.equal(await store.getText(ref.scope, ref.id), text)
  assert.equal(await store.exists(ref.scope, ref.id), true)
}

/** Resolves once an artifact is absent, because it has expired. */
export async function untilHidden(store: ArtifactStore, { scope, id }: ArtifactRef): Promise<void> {
  while (await store.exists(scope, id)) await setTimeout(1)
}
