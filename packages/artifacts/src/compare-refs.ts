import { compareNames } from '@harborage/core/kit'
import type { ArtifactRef } from './artifact.ts'

/** Orders refs as every driver lists them: by tenant, user, session, task, namespace and id, by bytes. */
export function compareRefs(left: ArtifactRef, right: ArtifactRef): number {
  return (
    compareNames(left.scope.tenantId, right.scope.tenantId) ||
    compareNames(left.scope.userId, right.scope.userId) ||
    compareNames(left.scope.sessionId, right.scope.sessionId) ||
    compareNames(left.scope.taskId, right.scope.taskId) ||
    compareNames(left.namespace, right.namespace) ||
    compareNames(left.id, right.id)
  )
}
