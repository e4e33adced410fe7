import type { ArtifactRef, ArtifactScope, ArtifactStore, PutOptions } from '@harborage/artifacts'

/** Puts a text and resolves to it with its ref. */
export async function putNew(
  store: ArtifactStore,
  scope: ArtifactScope,
  text: string = 'content',
  options?: PutOptions,
): Promise<Put> {
  return { text, ref: await store.putText(scope, text, options) }
}

/** A text that was put, and its ref. */
export interface Put {
  readonly text: string
  readonly ref: ArtifactRef
}
