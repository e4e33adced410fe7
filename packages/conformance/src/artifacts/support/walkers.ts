import type { ArtifactRef, ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import type { CallOptions } from '@harborage/core'
import { sessionOf } from '../../support/session-of.ts'

/** A way to walk the artifacts of a scope. */
export interface Walker {
  readonly name: string
  readonly walk: (
    store: ArtifactStore,
    scope: ArtifactScope,
    pageSize: number,
    options?: CallOptions,
  ) => AsyncIterable<ArtifactRef>
}

/** Every way to walk. All of them have to behave alike while others write. */
export const walkers: readonly Walker[] = [
  {
    name: 'a list of a task',
    walk: (store, scope, pageSize, options) => store.list(scope, { ...options, pageSize }),
  },
  {
    name: 'a list of a session',
    walk: (store, scope, pageSize, options) =>
      store.list(sessionOf(scope), { ...options, pageSize }),
  },
  {
    name: 'a list of a tenant',
    walk: (store, { tenantId }, pageSize, options) =>
      store.list({ tenantId, maintenanceScoped: true }, { ...options, pageSize }),
  },
  {
    name: 'a list of a view',
    walk: (store, scope, pageSize, options) => store.scoped(scope).list({ ...options, pageSize }),
  },
]
