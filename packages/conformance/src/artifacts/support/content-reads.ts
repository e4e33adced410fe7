import type { ArtifactScope, ArtifactStore, GetOptions } from '@harborage/artifacts'

/** A way to read the content of an artifact. */
export interface ContentRead {
  readonly name: string
  readonly call: (
    store: ArtifactStore,
    scope: ArtifactScope,
    id: string,
    options?: GetOptions,
  ) => Promise<unknown>
}

/** Every way to read the content of an artifact. */
export const contentReads: readonly ContentRead[] = [
  { name: 'get', call: (store, scope, id, options) => store.get(scope, id, options) },
  { name: 'getText', call: (store, scope, id, options) => store.getText(scope, id, options) },
  {
    name: 'get of a view',
    call: (store, scope, id, options) => store.scoped(scope).get(id, options),
  },
  {
    name: 'getText of a view',
    call: (store, scope, id, options) => store.scoped(scope).getText(id, options),
  },
]
