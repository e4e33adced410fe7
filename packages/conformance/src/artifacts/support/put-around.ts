import { tenantOwner, userOwner } from '@harborage/core'
import type { ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import type { FullScope } from './fresh-scope.ts'
import { putNew, type Put } from './put-new.ts'

/** Returns the scopes in the subtrees of a scope, and beside them. */
export function scopesAround({ tenantId, userId, sessionId, taskId }: FullScope): ArtifactScope[] {
  const session = { tenantId, userId, sessionId }
  const other = `${tenantId}-2`
  return [
    { ...session, taskId },
    session,
    { ...session, sessionId: 'other', taskId },
    userOwner({ tenantId, userId }),
    { ...session, userId: 'other', taskId },
    userOwner({ tenantId, userId: 'other' }),
    tenantOwner({ tenantId }),
    { ...session, tenantId: other, taskId },
    userOwner({ tenantId: other, userId }),
    tenantOwner({ tenantId: other }),
  ]
}

/** Puts the same text into each of {@link scopesAround}. */
export async function putAround(store: ArtifactStore, scope: FullScope): Promise<Put[]> {
  return Promise.all(scopesAround(scope).map((each) => putNew(store, each)))
}
